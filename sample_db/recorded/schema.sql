CREATE TABLE categories (
  category_id INTEGER NOT NULL,
  name TEXT NOT NULL UNIQUE,
  parent_id INTEGER, -- the wider category; empty for a top category
  PRIMARY KEY (category_id),
  FOREIGN KEY (parent_id) REFERENCES categories (category_id)
);

CREATE TABLE products (
  product_id INTEGER NOT NULL,
  category_id INTEGER NOT NULL,
  name TEXT NOT NULL UNIQUE,
  price INTEGER NOT NULL, -- list price today, yen
  cost INTEGER, -- what the shop pays, yen; empty when not known
  stock INTEGER NOT NULL DEFAULT 0, -- pieces in the warehouse
  released_on DATE NOT NULL,
  PRIMARY KEY (product_id),
  FOREIGN KEY (category_id) REFERENCES categories (category_id),
  CHECK (price > 0),
  CHECK (cost > 0),
  CHECK (stock >= 0)
);

CREATE TABLE customers (
  customer_id INTEGER NOT NULL,
  name TEXT NOT NULL,
  email TEXT UNIQUE,
  phone TEXT,
  city TEXT NOT NULL,
  country TEXT NOT NULL,
  joined_on DATE NOT NULL,
  PRIMARY KEY (customer_id)
);

CREATE TABLE stores (
  store_id INTEGER NOT NULL,
  name TEXT NOT NULL UNIQUE,
  city TEXT NOT NULL,
  opened_on DATE NOT NULL,
  PRIMARY KEY (store_id)
);

CREATE TABLE employees (
  employee_id INTEGER NOT NULL,
  store_id INTEGER NOT NULL,
  manager_id INTEGER, -- empty for the head of a store
  name TEXT NOT NULL,
  role TEXT NOT NULL, -- possible values: manager, sales, cashier, stock
  salary INTEGER NOT NULL, -- yen a month
  hired_on DATE NOT NULL,
  PRIMARY KEY (employee_id),
  FOREIGN KEY (store_id) REFERENCES stores (store_id),
  FOREIGN KEY (manager_id) REFERENCES employees (employee_id),
  CHECK (role IN ('manager', 'sales', 'cashier', 'stock')),
  CHECK (salary > 0)
);

CREATE TABLE orders (
  order_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL,
  store_id INTEGER NOT NULL,
  employee_id INTEGER, -- who served the customer; empty when ordered online
  ordered_on DATE NOT NULL,
  delivered_on DATE, -- empty until delivered
  status TEXT NOT NULL, -- possible values: pending, shipped, delivered, cancelled
  PRIMARY KEY (order_id),
  FOREIGN KEY (customer_id) REFERENCES customers (customer_id),
  FOREIGN KEY (store_id) REFERENCES stores (store_id),
  FOREIGN KEY (employee_id) REFERENCES employees (employee_id),
  CHECK (delivered_on >= ordered_on),
  CHECK (status IN ('pending', 'shipped', 'delivered', 'cancelled'))
);

CREATE TABLE order_items (
  order_id INTEGER NOT NULL,
  product_id INTEGER NOT NULL,
  quantity INTEGER NOT NULL,
  unit_price INTEGER NOT NULL, -- price of one piece on that day, yen
  PRIMARY KEY (order_id, product_id),
  FOREIGN KEY (order_id) REFERENCES orders (order_id),
  FOREIGN KEY (product_id) REFERENCES products (product_id),
  CHECK (quantity > 0),
  CHECK (unit_price > 0)
);

CREATE TABLE payments (
  payment_id INTEGER NOT NULL,
  order_id INTEGER NOT NULL,
  paid_on DATE NOT NULL,
  method TEXT NOT NULL, -- possible values: card, cash, transfer, points
  amount INTEGER NOT NULL, -- yen; an order may be paid in parts
  PRIMARY KEY (payment_id),
  FOREIGN KEY (order_id) REFERENCES orders (order_id),
  CHECK (method IN ('card', 'cash', 'transfer', 'points')),
  CHECK (amount > 0)
);

CREATE TABLE returns (
  return_id INTEGER NOT NULL,
  order_id INTEGER NOT NULL,
  product_id INTEGER NOT NULL,
  returned_on DATE NOT NULL,
  reason TEXT NOT NULL, -- possible values: damaged, wrong item, too late, unwanted
  refund INTEGER, -- yen; empty while being decided
  PRIMARY KEY (return_id),
  FOREIGN KEY (order_id, product_id) REFERENCES order_items (order_id, product_id),
  CHECK (reason IN ('damaged', 'wrong item', 'too late', 'unwanted')),
  CHECK (refund > 0)
);
