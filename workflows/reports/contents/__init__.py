"""What stands in a report, from data to bytes: sums, chart, workbook, PDF. No clock, no file but one named."""
