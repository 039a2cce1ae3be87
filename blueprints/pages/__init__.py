"""Pages and pictures a person opens: the certificate's page, its PDF, PNG and QR code."""
