-- A chain of shops: what it sells, to whom, in which store, what was paid and what came back.
-- SQLite. Money is in yen, without fractions; dates are ISO text such as 2025-03-14.

CREATE TABLE categories (
  category_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  parent_id INTEGER REFERENCES categories (category_id) -- the wider category; empty for a top category
);

CREATE TABLE products (
  product_id INTEGER PRIMARY KEY,
  category_id INTEGER NOT NULL REFERENCES categories (category_id),
  name TEXT NOT NULL UNIQUE,
  price INTEGER NOT NULL CHECK (price > 0), -- list price today, yen
  cost INTEGER CHECK (cost > 0), -- what the shop pays, yen; empty when not known
  stock INTEGER NOT NULL DEFAULT 0 CHECK (stock >= 0), -- pieces in the warehouse
  released_on DATE NOT NULL
);

CREATE TABLE customers (
  customer_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  email TEXT UNIQUE,
  phone TEXT,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  joined_on DATE NOT NULL
);

CREATE TABLE stores (
  store_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  city TEXT NOT NULL,
  opened_on DATE NOT NULL
);

CREATE TABLE employees (
  employee_id INTEGER PRIMARY KEY,
  store_id INTEGER NOT NULL REFERENCES stores (store_id),
  manager_id INTEGER REFERENCES employees (employee_id), -- empty for the head of a store
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('manager', 'sales', 'cashier', 'stock')),
  salary INTEGER NOT NULL CHECK (salary > 0), -- yen a month
  hired_on DATE NOT NULL
);

CREATE TABLE orders (
  order_id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (customer_id),
  store_id INTEGER NOT NULL REFERENCES stores (store_id),
  employee_id INTEGER REFERENCES employees (employee_id), -- who served the customer; empty when ordered online
  ordered_on DATE NOT NULL,
  delivered_on DATE CHECK (delivered_on >= ordered_on), -- empty until delivered
  status TEXT NOT NULL CHECK (status IN ('pending', 'shipped', 'delivered', 'cancelled'))
);

CREATE TABLE order_items (
  order_id INTEGER NOT NULL REFERENCES orders (order_id),
  product_id INTEGER NOT NULL REFERENCES products (product_id),
  quantity INTEGER NOT NULL CHECK (quantity > 0),
  unit_price INTEGER NOT NULL CHECK (unit_price > 0), -- price of one piece on that day, yen
  PRIMARY KEY (order_id, product_id)
);

CREATE TABLE payments (
  payment_id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES orders (order_id),
  paid_on DATE NOT NULL,
  method TEXT NOT NULL CHECK (method IN ('card', 'cash', 'transfer', 'points')),
  amount INTEGER NOT NULL CHECK (amount > 0) -- yen; an order may be paid in parts
);

CREATE TABLE returns (
  return_id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL,
  product_id INTEGER NOT NULL,
  returned_on DATE NOT NULL,
  reason TEXT NOT NULL CHECK (reason IN ('damaged', 'wrong item', 'too late', 'unwanted')),
  refund INTEGER CHECK (refund > 0), -- yen; empty while being decided
  FOREIGN KEY (order_id, product_id) REFERENCES order_items (order_id, product_id)
);
