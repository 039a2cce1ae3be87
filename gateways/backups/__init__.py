"""Backup files: one compressed stream of lines, encrypted so that neither a byte nor the end of it can be changed.

The file is `DANZHU-BACKUP-1`, a salt of 16 bytes, then chunks of a 4-byte length and AES-256-GCM ciphertext. The key of
a file is derived from the backup key and the salt (HKDF-SHA256); the nonce is the chunk's number, and the last chunk is
marked in what is authenticated, so that a file that was cut short does not open.
"""

from gateways.backups.files import BackupBroken, read_lines, writer

__all__ = ["BackupBroken", "read_lines", "writer"]
