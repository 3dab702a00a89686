"""Access: accounts, sessions, roles and the one gate that decides who may do what."""
