-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
--
-- Host: localhost    Database: shop
-- ------------------------------------------------------
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!50503 SET NAMES utf8mb4 */;

--
-- Table structure for table `customers`
--

DROP TABLE IF EXISTS `customers`;
/*!40101 SET @saved_cs_client     = @@character_set_client */;
CREATE TABLE `customers` (
  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,
  `name` varchar(100) COLLATE utf8mb4_unicode_ci NOT NULL COMMENT 'full name; not the "login"',
  `rank` enum('bronze','silver','it''s gold') NOT NULL DEFAULT 'bronze',
  `newsletter` tinyint(1) NOT NULL DEFAULT '0',
  `balance` decimal(10,2) DEFAULT NULL,
  `points` decimal(8,0) NOT NULL DEFAULT -1,
  `photo` mediumblob,
  `born` year DEFAULT NULL,
  `seen` timestamp NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),
  PRIMARY KEY (`id`),
  UNIQUE KEY `name_rank` (`name`,`rank`),
  KEY `idx_born` (`born`),
  CONSTRAINT `points_sane` CHECK ((`points` <= 1000) and (`rank` in (_utf8mb4'bronze',_utf8mb4'silver')))
) ENGINE=InnoDB AUTO_INCREMENT=3 DEFAULT CHARSET=utf8mb4 COMMENT='people who buy';

LOCK TABLES `customers` WRITE;
/*!40000 ALTER TABLE `customers` DISABLE KEYS */;
INSERT INTO `customers` VALUES (1,'O\'Hara; Jr.','silver',1,-12.50,3,_binary 'x',1980,NULL),(2,'back\\slash (ok)','bronze',0,NULL,4,NULL,1990,'2024-05-01 10:00:00');
/*!40000 ALTER TABLE `customers` ENABLE KEYS */;
UNLOCK TABLES;

CREATE TABLE `orders` (
  `id` bigint(20) NOT NULL,
  `customer_id` int(10) unsigned DEFAULT NULL,
  `placed` datetime(6) NOT NULL,
  `key` varchar(20) DEFAULT 'a;b'
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;

--
-- Dumping routines for database 'shop'
--
DELIMITER ;;
CREATE DEFINER=`root`@`localhost` PROCEDURE `p`()
BEGIN
  SELECT 'it''s'; -- don't
  CREATE TABLE hidden (id int);
END ;;
DELIMITER ;

ALTER TABLE `orders`
  ADD PRIMARY KEY (`id`),
  ADD KEY `customer_id` (`customer_id`);
ALTER TABLE `orders`
  MODIFY `id` bigint(20) NOT NULL AUTO_INCREMENT;
ALTER TABLE `orders`
  ADD CONSTRAINT `orders_ibfk_1` FOREIGN KEY (`customer_id`) REFERENCES `customers` (`id`) ON DELETE SET NULL;
