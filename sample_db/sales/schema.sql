-- The smallest shop: every sale in one table.

CREATE TABLE sales (
  transaction_id INTEGER PRIMARY KEY,
  product_name TEXT NOT NULL,
  price REAL NOT NULL, -- dollars
  sale_date DATE NOT NULL
);
