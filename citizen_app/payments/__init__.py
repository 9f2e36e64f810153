"""Money: a ledger in double entry, purses, debts, holds, refunds, and the payment providers outside."""
