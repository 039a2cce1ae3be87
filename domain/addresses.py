"""Which addresses count as one: an IPv6 customer has a whole /64 to change within."""

from ipaddress import IPv6Address, IPv6Network, ip_address

_SHARED_BITS = 64


def counted_address(text: str) -> str:
    """The address that failures are counted under; what is no address counts under its own text."""
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(IPv6Network((int(address), _SHARED_BITS), strict=False))
    return str(address)
