ALTER TABLE `rooms` ADD `history` text DEFAULT 'shared' NOT NULL;--> statement-breakpoint
ALTER TABLE `log_entries` DROP COLUMN `edited_at`;