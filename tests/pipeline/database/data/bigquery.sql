CREATE SCHEMA `river-data-42.rides`
OPTIONS(
  location="asia-northeast1"
);

CREATE TABLE `river-data-42.rides.stations`
(
  station_id INT64 NOT NULL OPTIONS(description="the \"public\" number; not reused"),
  name STRING(80) NOT NULL OPTIONS(description='駅名'),
  place GEOGRAPHY,
  docks INT64 DEFAULT 10,
  opened DATE,
  tags ARRAY<STRING>,
  contact STRUCT<phone STRING, mail STRING OPTIONS(description="of the owner")>,
  extra JSON,
  PRIMARY KEY (station_id) NOT ENFORCED
)
OPTIONS(
  description="""貸し出し場所
(one row each, `docks` included)""",
  labels=[("team", "bikes"), ("cost", "a;b")]
);

# bikes are never removed
CREATE TABLE `river-data-42.rides.bikes`
(
  bike_id STRING(12) NOT NULL OPTIONS(description="stands on the plate"),
  model STRING OPTIONS(description="One of: city, cargo, e-bike"),
  electric BOOL NOT NULL DEFAULT FALSE,
  weight NUMERIC(6, 2),
  plate BYTES(16),
  bought DATETIME DEFAULT CURRENT_DATETIME(),
  price BIGNUMERIC,
  home INT64 REFERENCES `river-data-42.rides.stations`(station_id) NOT ENFORCED,
  PRIMARY KEY (bike_id) NOT ENFORCED
)
CLUSTER BY model;

CREATE TABLE river-data-42.rides.riders
(
  rider_id INT64 NOT NULL,
  nickname STRING DEFAULT "it's me",
  joined TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP(),
  rating FLOAT64,
  level NUMERIC(3),
  PRIMARY KEY (rider_id) NOT ENFORCED
);

CREATE TABLE IF NOT EXISTS rides.trips
(
  trip_id STRING NOT NULL DEFAULT GENERATE_UUID(),
  bike_id STRING(12) NOT NULL,
  rider_id INT64,
  from_station INT64 OPTIONS(description="出発"),
  to_station INT64 OPTIONS(description="到着; NULL while under way"),
  started TIMESTAMP NOT NULL,
  minutes INT64,
  legs ARRAY<STRUCT<at TIMESTAMP, station INT64>>,
  pause INTERVAL,
  span RANGE<DATE>,
  fare NUMERIC(10, 2) OPTIONS(rounding_mode="ROUND_HALF_EVEN"),
  CONSTRAINT `trips.pk` PRIMARY KEY (trip_id) NOT ENFORCED,
  CONSTRAINT `trips.bike` FOREIGN KEY (bike_id) REFERENCES rides.bikes(bike_id) NOT ENFORCED
)
PARTITION BY DATE(started)
CLUSTER BY bike_id, from_station
OPTIONS(
  description="Every trip, from r\"2019\" on",
  partition_expiration_days=3650.0,
  require_partition_filter=true
);

ALTER TABLE `river-data-42.rides.trips` ADD CONSTRAINT rider FOREIGN KEY (rider_id) REFERENCES rides.riders(rider_id) NOT ENFORCED;
ALTER TABLE rides.trips ADD FOREIGN KEY (from_station) REFERENCES rides.stations(station_id) NOT ENFORCED,
  ADD FOREIGN KEY (to_station) REFERENCES rides.stations(station_id) NOT ENFORCED;

CREATE VIEW `river-data-42.rides.long_trips` AS SELECT * FROM rides.trips WHERE minutes > 60;

CREATE FUNCTION rides.twice(x INT64) RETURNS INT64 LANGUAGE js AS r"""
  return x * 2; // "quotes" and ; stay inside
""";

INSERT INTO rides.stations (station_id, name, docks, opened) VALUES
  (1, "Kawa's \"Gate\"", 12, DATE "2019-04-01"),
  (2, 'みなと', 8, DATE '2020-05-02');
INSERT rides.riders (rider_id, nickname) VALUES (7, """a "quoted" one""");
