-- Why the last sign-in ended, in one word.
ALTER TABLE connection ADD COLUMN error_reason TEXT;
