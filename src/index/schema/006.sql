-- Its token endpoint asked not to be asked before: what the API asks for keeps no token from being renewed.
ALTER TABLE connection ADD COLUMN renewal_at INTEGER;
