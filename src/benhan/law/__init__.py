"""Law: the dated data: forms, code lists, record types, signer matrix; and its loader."""
