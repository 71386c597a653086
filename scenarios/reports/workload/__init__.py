"""What a company has in its books, who asks for reports of it, and what nobody should try."""
