CREATE TABLE `user_log_entries` (
	`user_id` text NOT NULL,
	`seq` integer NOT NULL,
	`kind` text NOT NULL,
	`payload` blob NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `seq`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `conversations` ADD `chain` blob;--> statement-breakpoint
ALTER TABLE `log_entries` ADD `chain` blob;--> statement-breakpoint
ALTER TABLE `log_entries` ADD `checksum` blob;--> statement-breakpoint
ALTER TABLE `users` ADD `log_seq` integer DEFAULT 0 NOT NULL;