-- Everything that reflection of MariaDB reports, once. {first} and {second} are the databases.
CREATE TABLE types (
 a tinyint, b smallint, c mediumint, d int, e bigint, f int unsigned, g bigint(10) unsigned zerofill, h tinyint(1), i bool, j decimal, k decimal(10), l decimal(10,3), m decimal(5,2) unsigned, n float, o float(7), p float(7,3), q double, r double(9,4), s real, t double unsigned, u bit, v bit(7),
 w char, x char(5), y varchar(30), z varchar(30) CHARACTER SET latin1, aa varchar(20) COLLATE utf8mb4_bin, ab text, ac tinytext, ad mediumtext, ae longtext, af text CHARACTER SET latin1 COLLATE latin1_bin, ag binary, ah binary(5), ai varbinary(9), aj blob, ak tinyblob, al mediumblob, am longblob,
 an date, ao time, ap time(3), aq datetime, ar datetime(6), as1 timestamp, at timestamp(2) NULL, au year, av enum('a','b''c','d,e','(f)',''), aw set('x','y z'), ax json, ay point, az geometry, ba linestring, bc uuid, be enum('x') CHARACTER SET latin1, bf nchar(5), bg nvarchar(7), bh varchar(5) CHARACTER SET ascii, bi int(5) zerofill, bj smallint(3) unsigned, bk polygon, bl geometrycollection, bm year(4), bn varchar(10) CHARACTER SET utf8mb3, bo serial, bp char(36) binary, bq set('a') character set latin1 collate latin1_bin
) ENGINE=InnoDB;
CREATE TABLE defaults (id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, a varchar(10) DEFAULT 'x''y' COMMENT 'com''ment', b int NOT NULL DEFAULT 5, c timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, d datetime(3) DEFAULT CURRENT_TIMESTAMP(3), e text DEFAULT NULL, f text DEFAULT 'abc', g int DEFAULT (1 + 2), h int GENERATED ALWAYS AS (b * 2) STORED COMMENT 'gen', i int AS (b + 1) VIRTUAL, j decimal(5,2) DEFAULT 1.50, k timestamp NULL, l enum('a','b') DEFAULT 'a', n varchar(40) DEFAULT (uuid()), o json, p int NOT NULL, `q r` int DEFAULT -1, s varchar(5) NOT NULL DEFAULT '', t datetime DEFAULT NULL ON UPDATE current_timestamp(), u date DEFAULT '2000-01-01', v int INVISIBLE, w varchar(5) CHECK (w <> 'a\'b'), x varchar(20) default 'a\\b\nc', y varchar(10) DEFAULT 'NULL', z int COMMENT 'multi
line', ac varchar(10) AS (concat(a, 'x')) PERSISTENT UNIQUE) ENGINE=InnoDB AUTO_INCREMENT=77 DEFAULT CHARSET=latin1 COMMENT='table''s comment' ROW_FORMAT=DYNAMIC;
CREATE TABLE parent (a int, b int, c varchar(50), d int UNIQUE, PRIMARY KEY (b, a), UNIQUE KEY par_u (c, d)) ENGINE=InnoDB;
CREATE TABLE {second}.oparent (id int PRIMARY KEY, x int);
CREATE TABLE child (id int AUTO_INCREMENT PRIMARY KEY COMMENT 'pkc', a int, b int, o int, me int REFERENCES child (id), CONSTRAINT fk1 FOREIGN KEY (b, a) REFERENCES parent (b, a) ON DELETE SET NULL ON UPDATE SET NULL, CONSTRAINT fk2 FOREIGN KEY (o) REFERENCES {second}.oparent (id) ON DELETE RESTRICT ON UPDATE NO ACTION, FOREIGN KEY (me) REFERENCES child (id),
 w varchar(9), x int, CONSTRAINT ck1 CHECK (x > 5 AND (w < 6 OR w IS NULL)), CHECK (`x` <> 3), CONSTRAINT `Ck "q"` CHECK (x in (1,2)) );
CREATE TABLE {second}.ochild (id int PRIMARY KEY, p int, q int, CONSTRAINT of1 FOREIGN KEY (p) REFERENCES {second}.oparent (id), CONSTRAINT of2 FOREIGN KEY (q) REFERENCES {first}.child (id));
CREATE TABLE idx (a int, b varchar(200), c int, d text, e point NOT NULL, `F g` varchar(20), KEY ix_a (a), UNIQUE KEY ix_u (a, c), KEY ix_pre (b(10), d(20)), KEY ix_mix (a, b(5)), FULLTEXT KEY ix_ft (d), SPATIAL KEY ix_sp (e), KEY ix_hash (a) USING HASH, KEY ix_bt (c) USING BTREE, KEY ix_com (c, a) COMMENT 'it''s', KEY `Ix Q` (`F g`), KEY ix_desc (a DESC, c), UNIQUE KEY uqlong (d) USING HASH, KEY ix_kbs (c) KEY_BLOCK_SIZE=8) ENGINE=InnoDB;
CREATE TABLE mem (a int, b int, KEY h (a) USING HASH, KEY t USING BTREE (b)) ENGINE=MEMORY MAX_ROWS=100;
CREATE TABLE myi (a int, d text, FULLTEXT KEY f (d)) ENGINE=MyISAM CHECKSUM=1 DELAY_KEY_WRITE=1 AVG_ROW_LENGTH=50 PACK_KEYS=1 MIN_ROWS=3;
CREATE TABLE part (id int, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (year(d)) (PARTITION p0 VALUES LESS THAN (2000), PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE parth (id int PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4;
CREATE TABLE comp (a int) ENGINE=InnoDB PAGE_COMPRESSED=1 STATS_PERSISTENT=0;
CREATE TABLE `UPPER` (`ID` int PRIMARY KEY);
CREATE TABLE `we%ird"t` (`a%b` int, `c:d` int, CHECK (`a%b` > 0), KEY `i%x` (`a%b`));
CREATE TABLE `T able` (`Id d` int PRIMARY KEY, `x'y` varchar(5) COMMENT 'a%b', `a,b` varchar(5), `p)q` int, UNIQUE (`a,b`, `x'y`), KEY (`p)q`));
CREATE TABLE coll (a varchar(10), b varchar(10) COLLATE utf8mb4_unicode_ci, c varchar(10) COLLATE utf8mb4_general_ci, d varchar(10) CHARACTER SET latin1) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
CREATE TABLE ta (id int primary key, b int);
CREATE TABLE tb (id int primary key, a int, constraint ra foreign key (a) references ta (id));
ALTER TABLE ta ADD CONSTRAINT cyc FOREIGN KEY (b) REFERENCES tb (id);
CREATE VIEW v1 AS SELECT id, a, 'x' AS lit, b + 1 AS bb, l FROM defaults;
CREATE VIEW {second}.v2 AS SELECT * FROM {second}.oparent;
CREATE SEQUENCE seq1;
CREATE SEQUENCE {second}.seq2 START 5;
CREATE TABLE gone (a int);
CREATE VIEW broken AS SELECT a FROM gone;
DROP TABLE gone;
CREATE TABLE sysver (a int) WITH SYSTEM VERSIONING;
CREATE TABLE jsons (a json, b longtext CHECK (json_valid(b)), c longtext, CONSTRAINT named CHECK (json_valid(c)));
