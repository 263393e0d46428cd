/* commands.h: every command there is */
#pragma once

#include "cli/line.h"
#include "ui/bench-ui.h"

G_BEGIN_DECLS

extern const VigCommand vig_command_backup;
extern const VigCommand vig_command_bench;
extern const VigCommand vig_command_check;
extern const VigCommand vig_command_complete;
extern const VigCommand vig_command_devices;
extern const VigCommand vig_command_embed;
extern const VigCommand vig_command_enlarge;
extern const VigCommand vig_command_export;
extern const VigCommand vig_command_generate;
extern const VigCommand vig_command_import;
extern const VigCommand vig_command_index;
extern const VigCommand vig_command_models;
extern const VigCommand vig_command_restore;
extern const VigCommand vig_command_resume;
extern const VigCommand vig_command_search;
extern const VigCommand vig_command_tag;
extern const VigCommand vig_command_tokenize;

/* What measures the window; NULL where there is no display. main.c brings the two together. */
extern gboolean (*vig_bench_window) (const char          *device,
                                     const char * const  *models,
                                     guint                pictures,
                                     VigWindowFigures    *figures,
                                     GError             **error);

/* Draws one picture of a sample prompt: what the program does where it has no display. */
VigExit vig_generate_sample (VigLine *line);

G_END_DECLS
