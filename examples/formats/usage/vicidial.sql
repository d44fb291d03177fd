-- MySQL dump 10.13  Distrib 5.7
/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS `call_log`;
/*!40101 SET character_set_client = utf8 */;
CREATE TABLE `call_log` (
  `uniqueid` varchar(20) NOT NULL,
  `channel` varchar(100) DEFAULT NULL,
  `channel_group` varchar(30) DEFAULT NULL,
  `type` varchar(10) DEFAULT NULL,
  `server_ip` varchar(15) DEFAULT NULL,
  `extension` varchar(100) DEFAULT NULL,
  `number_dialed` varchar(15) DEFAULT NULL,
  `caller_code` varchar(20) DEFAULT NULL,
  `start_time` datetime DEFAULT NULL,
  `start_epoch` int(10) DEFAULT NULL,
  `end_time` datetime DEFAULT NULL,
  `end_epoch` int(10) DEFAULT NULL,
  `length_in_sec` int(10) DEFAULT NULL,
  `length_in_min` double(8,2) DEFAULT NULL,
  PRIMARY KEY (`uniqueid`),
  KEY `caller_code` (`caller_code`)
) ENGINE=MyISAM DEFAULT CHARSET=utf8 COMMENT='calls; of (all) channels';
LOCK TABLES `call_log` WRITE;
INSERT INTO `call_log` VALUES ('1772414104.11','SIP/east-0000000a','Outbound','SIP','10.0.0.1','91','85291230001','V3020915040000000001','2026-03-02 09:15:04',1772414104,'2026-03-02 09:17:01',1772414221,117,1.95),('1772414104.12','Local/8600051@default-0001;1','','Local','10.0.0.1','8600051','','V1','2026-03-02 09:15:04',1772414104,NULL,NULL,NULL,NULL),('1772414200.13','SIP/east-0000000b','Outbound','SIP','10.0.0.1','91','85291230002','V2','2026-03-02 09:16:40',1772414200,'2026-03-02 09:16:40',1772414200,0,0.00),('1772414300.14','SIP/east-0000000c','Outbound','SIP','10.0.0.1','91','85291230003','V3','2026-03-02 09:18:20',1772414300,NULL,NULL,NULL,NULL);
UNLOCK TABLES;
CREATE TABLE `vicidial_agent_log` (
  `agent_log_id` int(9) unsigned NOT NULL AUTO_INCREMENT,
  `user` varchar(20) DEFAULT NULL,
  `server_ip` varchar(15) NOT NULL,
  `event_time` datetime DEFAULT NULL,
  `lead_id` int(9) unsigned DEFAULT NULL,
  `campaign_id` varchar(8) DEFAULT NULL,
  `pause_epoch` int(10) unsigned DEFAULT NULL,
  `pause_sec` smallint(5) unsigned DEFAULT '0',
  `wait_epoch` int(10) unsigned DEFAULT NULL,
  `wait_sec` smallint(5) unsigned DEFAULT '0',
  `talk_epoch` int(10) unsigned DEFAULT NULL,
  `talk_sec` smallint(5) unsigned DEFAULT '0',
  `dispo_epoch` int(10) unsigned DEFAULT NULL,
  `dispo_sec` smallint(5) unsigned DEFAULT '0',
  `status` varchar(6) DEFAULT NULL,
  `user_group` varchar(20) DEFAULT NULL,
  `comments` varchar(20) DEFAULT NULL,
  `sub_status` varchar(6) DEFAULT NULL,
  `dead_epoch` int(10) unsigned DEFAULT NULL,
  `dead_sec` smallint(5) unsigned DEFAULT '0',
  `processed` enum('Y','N') DEFAULT 'N',
  `uniqueid` varchar(20) DEFAULT '',
  `pause_type` enum('UNDEFINED','SYSTEM','AGENT','API','ADMIN') DEFAULT 'UNDEFINED',
  PRIMARY KEY (`agent_log_id`)
) ENGINE=MyISAM;
INSERT INTO `vicidial_agent_log` VALUES (1,'6001','10.0.0.1','2026-03-02 09:14:00',1,'SPRING',1772414040,30,1772414070,41,1772414111,110,1772414221,12,'SALE','TEAM','AUTO','LOGIN',1772414215,6,'N','1772414104.11','SYSTEM'),(2,'6001','10.0.0.1','2026-03-02 09:17:13',2,'SPRING',1772414233,65535,1772414240,5,NULL,0,NULL,0,NULL,'TEAM',NULL,NULL,NULL,0,'N','','AGENT'),(3,'6002','10.0.0.1','2026-03-02 09:20:00',3,'SPRING',1772414400,0,0,0,0,0,0,0,NULL,'TEAM',NULL,NULL,NULL,0,'N','','UNDEFINED');
INSERT INTO `vicidial_carrier_log` VALUES ('1772414104.11','2026-03-02 09:17:01','10.0.0.1',1,16,'ANSWER','SIP/east-0000000a',117,110,200,'OK','V3020915040000000001'),('1772414200.13','2026-03-02 09:17:00','10.0.0.1',2,17,'BUSY','SIP/east-0000000b',20,0,486,'Busy here','V2'),('1772414300.14','2026-03-02 09:19:00','10.0.0.1',3,1,'CHANUNAVAIL','SIP/east-0000000c',0,0,0,'','V3'),('1772414300.15','2026-03-03 09:19:00','10.0.0.1',3,16,'ANSWER','SIP/east-0000000d',65535,65535,0,'','V4');
INSERT INTO `vicidial_list` VALUES (1,'2026-03-01','Ann \\ O\'Neil; (the "first")');
INSERT INTO `vicidial_log` (`uniqueid`,`lead_id`,`list_id`,`campaign_id`,`call_date`,`start_epoch`,`end_epoch`,`length_in_sec`,`status`,`phone_code`,`phone_number`,`user`,`comments`,`processed`,`user_group`,`term_reason`,`alt_dial`,`called_count`) VALUES ('1772414104.11',1,101,'SPRING','2026-03-02 09:15:04',1772414104,1772414221,110,'SALE','852','91230001','6001','AUTO','N','TEAM','AGENT','MAIN',1),
('1772414200.13',2,101,'SPRING','2026-03-02 09:16:40',1772414200,1772414200,0,'AB','852','91230002','VDAD','AUTO','N',NULL,'NONE','MAIN',1),
('1772414300.14',3,101,'SPRING','2026-03-02 09:18:20',1772414300,NULL,NULL,'INCALL','852','91230003','6001','MANUAL','N','TEAM','NONE','MAIN',1),
('1772414400.16',4,101,'SPRING','2026-03-02 09:20:00',1772414400,1772414420,20,'AA','852','91230004','VDAD','AUTO','N',NULL,'NONE','MAIN',1),
('1772414500.17',5,101,'SPRING','2026-03-02 09:21:40',1772414500,1772414530,30,'HUC21','852','91230005','VDAD','AUTO','N',NULL,'NONE','MAIN',1);
INSERT INTO `vicidial_user_log` VALUES (1,'6001','LOGIN','SPRING','2026-03-02 09:14:00',1772414040,'TEAM','8600051','10.0.0.1','SIP/6001','198.51.100.3','browser','','','','',0,0,0,0),(2,'6002','LOGIN','SPRING','2026-03-02 09:14:30',1772414070,'TEAM','8600052','10.0.0.1','SIP/6002','198.51.100.4','browser','','','','',0,0,0,0),(3,'6001','LOGOUT','SPRING','2026-03-02 18:00:00',1772445600,'TEAM','','','','','','','','','',0,0,0,0);
