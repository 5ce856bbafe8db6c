-- The sample database `ocean`: ships, expeditions, measurements and the animals seen. docs/manual/sample.md explains it.
-- The people, ships and expeditions are invented, and so are all measurements (they follow the usual shape of ocean
-- profiles). Everything is computed here, without random numbers: each load gives the same rows.
-- Works on MySQL 8.4 too.

DROP DATABASE IF EXISTS ocean;
CREATE DATABASE ocean CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci;
USE ocean;

CREATE TABLE basin (
  id          TINYINT UNSIGNED NOT NULL PRIMARY KEY,
  name        VARCHAR(40) NOT NULL,
  south       DECIMAL(5,2) NOT NULL COMMENT 'latitude of the southern edge of the area studied',
  north       DECIMAL(5,2) NOT NULL,
  west        DECIMAL(6,2) NOT NULL,
  east        DECIMAL(6,2) NOT NULL,
  mean_depth_m SMALLINT UNSIGNED NOT NULL,
  UNIQUE KEY (name)
) COMMENT = 'The seas that are studied';

INSERT INTO basin VALUES
  (1, 'North Pacific', 10, 50, -170, -130, 4300),
  (2, 'South Pacific', -45, -5, -150, -90, 4000),
  (3, 'North Atlantic', 15, 60, -60, -15, 3600),
  (4, 'South Atlantic', -45, -5, -30, 5, 3900),
  (5, 'Indian Ocean', -40, 5, 55, 95, 3700),
  (6, 'Southern Ocean', -70, -55, -60, 60, 3300),
  (7, 'Arctic Ocean', 72, 85, -20, 60, 1200),
  (8, 'Mediterranean Sea', 33, 43, 0, 30, 1500),
  (9, 'Caribbean Sea', 11, 19, -82, -62, 2200),
  (10, 'Coral Sea', -24, -10, 148, 165, 2400);

CREATE TABLE ship (
  id         SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name       VARCHAR(40) NOT NULL,
  built_in   YEAR NOT NULL,
  length_m   DECIMAL(5,1) NOT NULL,
  berths     TINYINT UNSIGNED NOT NULL,
  home_port  VARCHAR(40) NOT NULL,
  equipment  SET('winch', 'sonar', 'crane', 'submersible', 'drone', 'laboratory', 'icebreaking') NOT NULL,
  retired    DATE,
  UNIQUE KEY (name),
  CHECK (length_m BETWEEN 10 AND 300)
);

INSERT INTO ship (name, built_in, length_m, berths, home_port, equipment, retired) VALUES
  ('Mahi', 2016, 84.5, 46, 'Honolulu', 'winch,sonar,crane,drone,laboratory', NULL),
  ('Tern', 1998, 61.0, 28, 'Galway', 'winch,sonar,laboratory', NULL),
  ('Aurelia', 2009, 95.2, 54, 'Bergen', 'winch,sonar,crane,submersible,laboratory', NULL),
  ('Polynya', 2012, 118.0, 70, 'Tromsø', 'winch,sonar,crane,laboratory,icebreaking', NULL),
  ('Humboldt Current', 2003, 77.4, 38, 'Callao', 'winch,sonar,laboratory', NULL),
  ('Little Auk', 1986, 42.1, 16, 'Reykjavík', 'winch,laboratory', '2019-10-31'),
  ('Mistral', 2020, 55.7, 22, 'Marseille', 'winch,sonar,drone,laboratory', NULL),
  ('Albatross IX', 2007, 102.6, 60, 'Hobart', 'winch,sonar,crane,submersible,drone,laboratory', NULL);

CREATE TABLE scientist (
  id          SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  given_name  VARCHAR(30) NOT NULL,
  family_name VARCHAR(30) NOT NULL,
  full_name   VARCHAR(61) GENERATED ALWAYS AS (CONCAT(given_name, ' ', family_name)) VIRTUAL,
  field       ENUM('physics', 'chemistry', 'biology', 'geology', 'engineering') NOT NULL,
  mentor_id   SMALLINT UNSIGNED,
  profile     JSON NOT NULL,
  KEY (family_name, given_name),
  CONSTRAINT scientist_mentor FOREIGN KEY (mentor_id) REFERENCES scientist (id) ON DELETE SET NULL
);

CREATE TABLE species (
  id              SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name            VARCHAR(50) NOT NULL,
  scientific_name VARCHAR(60) NOT NULL,
  class           ENUM('mammal', 'bird', 'reptile', 'fish', 'shark or ray', 'cephalopod', 'crustacean', 'jelly', 'other') NOT NULL,
  length_cm       SMALLINT UNSIGNED NOT NULL COMMENT 'of a large adult, rounded',
  UNIQUE KEY (scientific_name),
  KEY (class)
);

INSERT INTO species (name, scientific_name, class, length_cm) VALUES
  ('Mahi-mahi', 'Coryphaena hippurus', 'fish', 140),
  ('Yellowfin tuna', 'Thunnus albacares', 'fish', 200),
  ('Atlantic bluefin tuna', 'Thunnus thynnus', 'fish', 300),
  ('Swordfish', 'Xiphias gladius', 'fish', 400),
  ('Ocean sunfish', 'Mola mola', 'fish', 300),
  ('Atlantic cod', 'Gadus morhua', 'fish', 130),
  ('Tropical two-wing flyingfish', 'Exocoetus volitans', 'fish', 25),
  ('Great barracuda', 'Sphyraena barracuda', 'fish', 150),
  ('Opah', 'Lampris guttatus', 'fish', 180),
  ('Whale shark', 'Rhincodon typus', 'shark or ray', 1200),
  ('Great white shark', 'Carcharodon carcharias', 'shark or ray', 500),
  ('Blue shark', 'Prionace glauca', 'shark or ray', 330),
  ('Scalloped hammerhead', 'Sphyrna lewini', 'shark or ray', 350),
  ('Greenland shark', 'Somniosus microcephalus', 'shark or ray', 500),
  ('Giant oceanic manta ray', 'Mobula birostris', 'shark or ray', 600),
  ('Blue whale', 'Balaenoptera musculus', 'mammal', 2700),
  ('Fin whale', 'Balaenoptera physalus', 'mammal', 2200),
  ('Humpback whale', 'Megaptera novaeangliae', 'mammal', 1500),
  ('Sperm whale', 'Physeter macrocephalus', 'mammal', 1600),
  ('Orca', 'Orcinus orca', 'mammal', 800),
  ('Common dolphin', 'Delphinus delphis', 'mammal', 240),
  ('Bottlenose dolphin', 'Tursiops truncatus', 'mammal', 350),
  ('Narwhal', 'Monodon monoceros', 'mammal', 480),
  ('Walrus', 'Odobenus rosmarus', 'mammal', 350),
  ('Weddell seal', 'Leptonychotes weddellii', 'mammal', 300),
  ('Wandering albatross', 'Diomedea exulans', 'bird', 120),
  ('Arctic tern', 'Sterna paradisaea', 'bird', 36),
  ('Emperor penguin', 'Aptenodytes forsteri', 'bird', 115),
  ('Atlantic puffin', 'Fratercula arctica', 'bird', 28),
  ('Northern gannet', 'Morus bassanus', 'bird', 95),
  ('Leatherback turtle', 'Dermochelys coriacea', 'reptile', 180),
  ('Loggerhead turtle', 'Caretta caretta', 'reptile', 95),
  ('Yellow-bellied sea snake', 'Hydrophis platurus', 'reptile', 90),
  ('Giant squid', 'Architeuthis dux', 'cephalopod', 1200),
  ('Humboldt squid', 'Dosidicus gigas', 'cephalopod', 200),
  ('Greater argonaut', 'Argonauta argo', 'cephalopod', 40),
  ('Antarctic krill', 'Euphausia superba', 'crustacean', 6),
  ('Northern krill', 'Meganyctiphanes norvegica', 'crustacean', 4),
  ('Moon jelly', 'Aurelia aurita', 'jelly', 40),
  ('Lion''s mane jelly', 'Cyanea capillata', 'jelly', 200),
  ('Portuguese man o'' war', 'Physalia physalis', 'jelly', 30),
  ('Mauve stinger', 'Pelagia noctiluca', 'jelly', 10),
  ('Giant pyrosome', 'Pyrosoma atlanticum', 'other', 60),
  ('Sea angel', 'Clione limacina', 'other', 8);

CREATE TABLE expedition (
  id        SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  code      CHAR(7) CHARACTER SET ascii NOT NULL,
  title     VARCHAR(80) NOT NULL,
  ship_id   SMALLINT UNSIGNED NOT NULL,
  basin_id  TINYINT UNSIGNED NOT NULL,
  chief_id  SMALLINT UNSIGNED NOT NULL,
  departure DATE NOT NULL,
  days      TINYINT UNSIGNED NOT NULL,
  arrival   DATE GENERATED ALWAYS AS (departure + INTERVAL days DAY) STORED,
  budget    DECIMAL(12,2) NOT NULL,
  UNIQUE KEY (code),
  KEY (departure),
  CONSTRAINT expedition_ship FOREIGN KEY (ship_id) REFERENCES ship (id),
  CONSTRAINT expedition_basin FOREIGN KEY (basin_id) REFERENCES basin (id),
  CONSTRAINT expedition_chief FOREIGN KEY (chief_id) REFERENCES scientist (id)
);

CREATE TABLE crew (
  expedition_id SMALLINT UNSIGNED NOT NULL,
  scientist_id  SMALLINT UNSIGNED NOT NULL,
  duty          ENUM('chief', 'watch leader', 'observer', 'analyst', 'technician') NOT NULL,
  PRIMARY KEY (expedition_id, scientist_id),
  KEY (scientist_id),
  CONSTRAINT crew_expedition FOREIGN KEY (expedition_id) REFERENCES expedition (id) ON DELETE CASCADE,
  CONSTRAINT crew_scientist FOREIGN KEY (scientist_id) REFERENCES scientist (id)
);

CREATE TABLE station (
  id            INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  expedition_id SMALLINT UNSIGNED NOT NULL,
  number        TINYINT UNSIGNED NOT NULL COMMENT 'within the expedition',
  arrived       DATETIME NOT NULL,
  latitude      DECIMAL(7,4) NOT NULL,
  longitude     DECIMAL(8,4) NOT NULL,
  bottom_m      SMALLINT UNSIGNED NOT NULL,
  UNIQUE KEY (expedition_id, number),
  KEY (arrived),
  CONSTRAINT station_expedition FOREIGN KEY (expedition_id) REFERENCES expedition (id) ON DELETE CASCADE
);

CREATE TABLE measurement (
  station_id  INT UNSIGNED NOT NULL,
  depth_m     SMALLINT UNSIGNED NOT NULL,
  temperature DECIMAL(5,3) NOT NULL COMMENT 'degrees Celsius',
  salinity    DECIMAL(5,3) NOT NULL COMMENT 'practical salinity units',
  oxygen      DECIMAL(5,2) NOT NULL COMMENT 'millilitres per litre',
  chlorophyll DOUBLE COMMENT 'milligrams per cubic metre; only in the upper 300 m',
  PRIMARY KEY (station_id, depth_m),
  CONSTRAINT measurement_station FOREIGN KEY (station_id) REFERENCES station (id) ON DELETE CASCADE
) COMMENT = 'One row for each depth at which the bottles were closed';

CREATE TABLE sighting (
  id         INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  station_id INT UNSIGNED NOT NULL,
  species_id SMALLINT UNSIGNED NOT NULL,
  observer_id SMALLINT UNSIGNED NOT NULL,
  seen       DATETIME NOT NULL,
  animals    SMALLINT UNSIGNED NOT NULL DEFAULT 1,
  behaviour  SET('feeding', 'travelling', 'resting', 'playing', 'with young') NOT NULL DEFAULT '',
  note       JSON,
  KEY (station_id),
  KEY (species_id, seen),
  CONSTRAINT sighting_station FOREIGN KEY (station_id) REFERENCES station (id) ON DELETE CASCADE,
  CONSTRAINT sighting_species FOREIGN KEY (species_id) REFERENCES species (id),
  CONSTRAINT sighting_observer FOREIGN KEY (observer_id) REFERENCES scientist (id)
);

-- 0 .. 9999, from which everything below is computed; CRC32 stands in for chance.
CREATE TEMPORARY TABLE number (n INT NOT NULL PRIMARY KEY);
INSERT INTO number
  WITH RECURSIVE digit (d) AS (SELECT 0 UNION ALL SELECT d + 1 FROM digit WHERE d < 99)
  SELECT a.d * 100 + b.d FROM digit a, digit b;

CREATE TEMPORARY TABLE given_name (id TINYINT UNSIGNED PRIMARY KEY, name VARCHAR(30));
INSERT INTO given_name VALUES
  (0, 'Amara'), (1, 'Bjørn'), (2, 'Chiara'), (3, 'Diego'), (4, 'Elif'), (5, 'Finn'), (6, 'Grace'), (7, 'Hana'),
  (8, 'Ivan'), (9, 'Jun'), (10, 'Kaimana'), (11, 'Léa'), (12, 'Mateus'), (13, 'Noor'), (14, 'Oona'), (15, 'Priya');
CREATE TEMPORARY TABLE family_name (id TINYINT UNSIGNED PRIMARY KEY, name VARCHAR(30));
INSERT INTO family_name VALUES
  (0, 'Abara'), (1, 'Berg'), (2, 'Castellanos'), (3, 'Duarte'), (4, 'Eriksen'), (5, 'Fontaine'), (6, 'Guðmundsson'),
  (7, 'Haddad'), (8, 'Ishikawa'), (9, 'Jensen'), (10, 'Kealoha'), (11, 'Lindqvist'), (12, 'Moreau'), (13, 'Nakamura'),
  (14, 'O''Brien'), (15, 'Petrov'), (16, 'Quispe');

INSERT INTO scientist (id, given_name, family_name, field, mentor_id, profile)
SELECT n + 1, g.name, f.name, 1 + CRC32(CONCAT('field', n)) % 5,
       IF(n < 16, NULL, 1 + CRC32(CONCAT('mentor', n)) % (n DIV 2)),
       JSON_OBJECT('joined', 1995 + n DIV 6,
                   'languages', IF(n % 3 = 0, JSON_ARRAY('en', 'fr'), IF(n % 3 = 1, JSON_ARRAY('en'), JSON_ARRAY('en', 'es', 'ja'))),
                   'diver', n % 4 = 0)
FROM number JOIN given_name g ON g.id = n % 16 JOIN family_name f ON f.id = n % 17
WHERE n < 160
ORDER BY n;  -- mentors first

CREATE TEMPORARY TABLE theme (id TINYINT UNSIGNED PRIMARY KEY, name VARCHAR(40));
INSERT INTO theme VALUES
  (0, 'Heat and currents of the'), (1, 'Plankton blooms of the'), (2, 'Whales and seabirds of the'),
  (3, 'Oxygen minimum in the'), (4, 'Deep water of the'), (5, 'Jellies and squid of the');

INSERT INTO expedition (id, code, title, ship_id, basin_id, chief_id, departure, days, budget)
SELECT n + 1, CONCAT('OX', LPAD(n + 1, 3, '0'), CHAR(65 + n % 26 USING ascii), CHAR(65 + n % 7 USING ascii)),
       CONCAT(t.name, ' ', b.name),
       1 + CRC32(CONCAT('ship', n)) % IF(n < 48, 8, 5),
       b.id,
       1 + CRC32(CONCAT('chief', n)) % 40,
       DATE '2012-02-01' + INTERVAL (n * 63 + CRC32(CONCAT('day', n)) % 30) DAY,
       30 + CRC32(CONCAT('days', n)) % 15,
       150000 + CRC32(CONCAT('budget', n)) % 85000000 / 100
FROM number JOIN theme t ON t.id = CRC32(CONCAT('theme', n)) % 6 JOIN basin b ON b.id = 1 + CRC32(CONCAT('basin', n)) % 10
WHERE n < 72;

INSERT INTO crew SELECT id, chief_id, 'chief' FROM expedition;
INSERT IGNORE INTO crew
SELECT e.id, 1 + CRC32(CONCAT('crew', e.id, '/', n)) % 160, 2 + CRC32(CONCAT('duty', e.id, n)) % 4
FROM expedition e JOIN number ON n < 14;

INSERT INTO station (id, expedition_id, number, arrived, latitude, longitude, bottom_m)
SELECT (e.id - 1) * 26 + n + 1, e.id, n + 1,
       TIMESTAMP(e.departure, '06:00:00') + INTERVAL (n * 27 + CRC32(CONCAT('hour', e.id, n)) % 13) HOUR,
       b.south + (b.north - b.south) * (n + CRC32(CONCAT('lat', e.id, n)) % 100 / 100) / 27,
       b.west + (b.east - b.west) * (CRC32(CONCAT('line', e.id)) % 60 + n + CRC32(CONCAT('lon', e.id, n)) % 100 / 50) / 90,
       GREATEST(250, b.mean_depth_m * (60 + CRC32(CONCAT('bottom', e.id, n)) % 70) / 100)
FROM expedition e JOIN basin b ON b.id = e.basin_id JOIN number ON n < 26;

-- Temperature falls from the surface value over a thermocline at 60 to 180 m towards the deep water's.
INSERT INTO measurement (station_id, depth_m, temperature, salinity, oxygen, chlorophyll)
SELECT s.id, d.depth,
       p.deep + (p.surface - p.deep) / (1 + POW(d.depth / p.cline, 1.4)) + CRC32(CONCAT('t', s.id, d.depth)) % 300 / 1000 - 0.15,
       34.6 + p.salt / (1 + d.depth / 300) + CRC32(CONCAT('s', s.id, d.depth)) % 100 / 1000 - 0.05,
       GREATEST(0.2, 7.5 - p.surface / 8 - 3.6 * EXP(-POW((d.depth - 700) / 450, 2)) + CRC32(CONCAT('o', s.id, d.depth)) % 60 / 100 - 0.3),
       IF(d.depth > 300, NULL, ROUND(p.bloom * EXP(-POW((d.depth - 45) / 40, 2)), 4))
FROM (SELECT id, bottom_m,
             28 * COS(RADIANS(latitude)) * COS(RADIANS(latitude)) + CRC32(CONCAT('surface', id)) % 200 / 100 - 1 AS surface,
             1.2 + CRC32(CONCAT('deep', id)) % 80 / 100 AS deep,
             60 + CRC32(CONCAT('cline', id)) % 120 AS cline,
             CRC32(CONCAT('salt', id)) % 180 / 100 AS salt,
             0.2 + CRC32(CONCAT('bloom', id)) % 250 / 100 AS bloom
      FROM station) p
JOIN station s ON s.id = p.id
JOIN (SELECT n, IF(n < 20, n * 10, IF(n < 40, 200 + (n - 20) * 40, 1000 + (n - 40) * 150)) AS depth FROM number WHERE n < 64) d
  ON d.depth < s.bottom_m;

INSERT INTO sighting (station_id, species_id, observer_id, seen, animals, behaviour, note)
SELECT x.station_id, x.species_id, x.observer_id,
       s.arrived + INTERVAL CRC32(CONCAT('minute', n)) % 600 MINUTE,
       1 + CRC32(CONCAT('animals', n)) % IF(p.length_cm < 50, 900, IF(p.length_cm < 300, 25, 4)),
       CRC32(CONCAT('behaviour', n)) % 32,
       IF(n % 5 = 0, JSON_OBJECT('distance_m', 10 + CRC32(CONCAT('distance', n)) % 900, 'photo', CONCAT('img', n, '.jpg')), NULL)
FROM (SELECT n, 1 + CRC32(CONCAT('station', n)) % 1872 AS station_id, 1 + CRC32(CONCAT('species', n)) % 44 AS species_id,
             1 + CRC32(CONCAT('observer', n)) % 160 AS observer_id
      FROM number) x
JOIN station s ON s.id = x.station_id JOIN species p ON p.id = x.species_id
ORDER BY s.arrived, n;

CREATE VIEW expedition_summary AS
SELECT e.id, e.code, e.title, h.name AS ship, c.full_name AS chief, e.departure, e.arrival,
       (SELECT COUNT(*) FROM crew w WHERE w.expedition_id = e.id) AS scientists,
       (SELECT COUNT(*) FROM station t WHERE t.expedition_id = e.id) AS stations,
       (SELECT COUNT(*) FROM sighting g JOIN station t ON t.id = g.station_id WHERE t.expedition_id = e.id) AS sightings
FROM expedition e JOIN ship h ON h.id = e.ship_id JOIN scientist c ON c.id = e.chief_id;

CREATE VIEW surface AS
SELECT s.id AS station_id, s.expedition_id, b.name AS basin, s.arrived, s.latitude, s.longitude, m.temperature, m.salinity
FROM station s
JOIN measurement m ON m.station_id = s.id AND m.depth_m = 0
JOIN expedition e ON e.id = s.expedition_id
JOIN basin b ON b.id = e.basin_id;

CREATE VIEW species_seen AS
SELECT p.name, p.scientific_name, p.class, COUNT(g.id) AS sightings, COALESCE(SUM(g.animals), 0) AS animals,
       MIN(g.seen) AS first_seen, MAX(g.seen) AS last_seen
FROM species p LEFT JOIN sighting g ON g.species_id = p.id
GROUP BY p.id, p.name, p.scientific_name, p.class;

DROP TEMPORARY TABLE number, given_name, family_name, theme;

-- Last: who finds this table knows that the rest is complete.
CREATE TABLE about (version INT NOT NULL, text VARCHAR(200) NOT NULL);
INSERT INTO about VALUES (1, 'Ocean expeditions, 2012 to 2024: an invented archive for exploring Mahi');
