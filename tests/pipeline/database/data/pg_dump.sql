--
-- PostgreSQL database dump
--

\restrict 8dJxQk1

-- Dumped from database version 16.2

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE SCHEMA library;


ALTER SCHEMA library OWNER TO postgres;

CREATE EXTENSION IF NOT EXISTS citext WITH SCHEMA public;

CREATE TYPE library.loan_state AS ENUM (
    'out',
    'returned',
    'lost; paid'
);

CREATE DOMAIN library.money_amount AS numeric(12,2) CHECK (VALUE >= 0);

CREATE FUNCTION library.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
  -- it's a trap: CREATE TABLE nothing (id int);
  NEW.changed = now();
  RETURN NEW;
END;
$$;

SET default_tablespace = '';

--
-- Name: books; Type: TABLE; Schema: library; Owner: postgres
--

CREATE TABLE library.books (
    id integer NOT NULL,
    title character varying(200) NOT NULL,
    language character(2) DEFAULT 'en'::bpchar NOT NULL,
    price library.money_amount,
    pages integer,
    tags text[],
    cover bytea,
    kind text DEFAULT 'novel'::text,
    added timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT books_kind_check CHECK ((kind = ANY (ARRAY['novel'::text, 'essay'::text, 'poems'::text]))),
    CONSTRAINT books_pages_check CHECK (((pages > 0) AND (pages < 10000))),
    CONSTRAINT books_title_check CHECK ((title ~ '^[A-Z]'::text))
);

ALTER TABLE library.books OWNER TO postgres;

COMMENT ON TABLE library.books IS 'What the library owns; it''s all "here" -- really';
COMMENT ON COLUMN library.books.language IS 'ISO code, possible values: en, ja, "zh-TW"';

CREATE SEQUENCE library.books_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE library.books_id_seq OWNED BY library.books.id;

CREATE TABLE library.loans (
    book_id integer NOT NULL,
    member_id bigint NOT NULL,
    taken date NOT NULL,
    state library.loan_state DEFAULT 'out'::library.loan_state NOT NULL
);

CREATE TABLE library.members (
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    email text NOT NULL,
    password_hash text,
    active boolean DEFAULT true NOT NULL
);

CREATE TABLE library.loans_2024 PARTITION OF library.loans FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');

CREATE VIEW library.late AS SELECT loans.book_id FROM library.loans WHERE (loans.taken < (now() - '30 days'::interval));

ALTER TABLE ONLY library.books ALTER COLUMN id SET DEFAULT nextval('library.books_id_seq'::regclass);

COPY library.books (id, title, language, price, pages, tags, cover, kind, added) FROM stdin;
1	The Sea; the Sea	en	12.50	502	\N	\N	novel	2024-01-02 00:00:00+00
2	It's\ta tab	ja	-1	\N	\N	\N	essay	2024-01-03 00:00:00+00
\.

COPY library.members (id, email, password_hash, active) FROM stdin;
7	a@example.com	5f4dcc3b	t
\.

SELECT pg_catalog.setval('library.books_id_seq', 2, true);

ALTER TABLE ONLY library.books
    ADD CONSTRAINT books_pkey PRIMARY KEY (id);
ALTER TABLE ONLY library.loans
    ADD CONSTRAINT loans_pkey PRIMARY KEY (book_id, member_id, taken);
ALTER TABLE ONLY library.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX members_email ON library.members USING btree (email);
CREATE UNIQUE INDEX members_lower ON library.members USING btree (lower(email));
CREATE INDEX loans_taken ON library.loans USING btree (taken);
ALTER TABLE ONLY library.loans
    ADD CONSTRAINT loans_book_fkey FOREIGN KEY (book_id) REFERENCES library.books(id) ON DELETE CASCADE DEFERRABLE;
ALTER TABLE ONLY library.loans
    ADD CONSTRAINT loans_member_fkey FOREIGN KEY (member_id) REFERENCES library.members;
GRANT SELECT ON TABLE library.books TO reader;

--
-- PostgreSQL database dump complete
--

\unrestrict 8dJxQk1
