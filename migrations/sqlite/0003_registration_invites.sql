CREATE TABLE `registration_invites` (
	`id` text PRIMARY KEY NOT NULL,
	`token_hash` text NOT NULL,
	`created_by` text,
	`note` text,
	`max_uses` integer NOT NULL,
	`uses` integer DEFAULT 0 NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`revoked_at` integer,
	FOREIGN KEY (`created_by`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `registration_invites_token_unique` ON `registration_invites` (`token_hash`);--> statement-breakpoint
CREATE INDEX `registration_invites_created_index` ON `registration_invites` (`created_at`);--> statement-breakpoint
DROP INDEX `rooms_name_key_unique`;--> statement-breakpoint
CREATE UNIQUE INDEX `rooms_name_key_unique` ON `rooms` (`name_key`) WHERE not is_private;