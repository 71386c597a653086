"""The checks that know reports: every cell of PDF and workbook, and every mail."""
