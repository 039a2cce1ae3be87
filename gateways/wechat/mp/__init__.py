"""The mini-program and official-account APIs of api.weixin.qq.com that need an access token, and the token
itself.

Values in, values or an ApiError out; what to do about a refused text or a missing consent is for the
services to decide.
"""
