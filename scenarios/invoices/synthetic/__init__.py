"""Records of runs that never happened: what a faultless application would have left, of any number of invoices.

A real run of thousands of invoices takes an hour; a synthetic one is written in a minute, and judging it says whether
the checks alarm on the innocent and how the time that they take grows. Data flow: the workload's own draws and
the application's pure functions (its letters, entries and documents) → **a run directory** as a run leaves it, journal
line by journal line → the same reader and checks as always.

Faults are in it, too: workers die in the middle of what they do and services fail for a while, and everything that
follows from that (attempts cut short, mails sent again, bookings found booked) is in the record.

Not covered: workflow tasks that are lost, runs that go on in a new one, histories themselves (only what the final reads
say of them), and whatever a network does.
"""
