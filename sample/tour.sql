-- A short tour of the sample database, shown by `make run` where there is no terminal.
SELECT VERSION();

SHOW TABLES;

SELECT table_name, table_rows FROM information_schema.tables
WHERE table_schema = 'ocean' AND table_type = 'BASE TABLE' ORDER BY table_name;

-- The longest expeditions.
SELECT code, title, ship, chief, stations, sightings FROM expedition_summary
ORDER BY DATEDIFF(arrival, departure) DESC, id LIMIT 5;

-- How the water cools with depth.
SELECT b.name AS basin, ROUND(AVG(IF(depth_m = 0, temperature, NULL)), 2) AS surface,
       ROUND(AVG(IF(depth_m = 200, temperature, NULL)), 2) AS `200 m`,
       ROUND(AVG(IF(depth_m = 1000, temperature, NULL)), 2) AS `1000 m`
FROM measurement m JOIN station s ON s.id = m.station_id JOIN expedition e ON e.id = s.expedition_id
JOIN basin b ON b.id = e.basin_id
GROUP BY b.id, b.name ORDER BY surface DESC;

-- The two animals seen most in each class.
SELECT * FROM (
  SELECT class, name, sightings, RANK() OVER (PARTITION BY class ORDER BY sightings DESC) AS place FROM species_seen
) ranked WHERE place <= 2 ORDER BY class, place;

-- From mentor to mentor: the longest line of teachers.
WITH RECURSIVE line AS (
  SELECT id, CAST(full_name AS CHAR(400)) AS names, 1 AS people FROM scientist WHERE mentor_id IS NULL
  UNION ALL
  SELECT s.id, CONCAT(line.names, ' > ', s.full_name), people + 1 FROM scientist s JOIN line ON s.mentor_id = line.id
)
SELECT people, names FROM line ORDER BY people DESC, names LIMIT 1;

EXPLAIN SELECT * FROM measurement WHERE station_id = 100 AND depth_m < 50;

-- A change, taken back.
START TRANSACTION;
DELETE FROM expedition WHERE id = 1;
SELECT COUNT(*) AS stations_left FROM station WHERE expedition_id = 1;
ROLLBACK;
SELECT COUNT(*) AS stations_again FROM station WHERE expedition_id = 1;
