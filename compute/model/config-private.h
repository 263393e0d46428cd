/* config-private.h: what the readers of configurations share */
#pragma once

#include "model/config.h"
#include "tensor/json.h"

G_BEGIN_DECLS

/* Wider, deeper and longer than any model of these kinds, and small enough that no product of them that
 * the code forms in 64 bits can overflow. */
#define MOST_WIDTH 16384
#define MOST_HIDDEN 65536
#define MOST_CONTEXT 4096
#define MOST_VOCAB 1048576
#define MOST_SIDE 2048

/* Elements that one tensor may have: shaders count them in 32 bits. */
#define MOST_ELEMENTS ((uint64_t) 1 << 31)

/* Below @section, "text_config", the value of @name, "hidden_act". */
VcActivation vc_config_read_activation (VcJson        *json,
                                        const char    *section,
                                        const char    *fallback);
float        vc_config_read_epsilon    (VcJson        *json,
                                        const char    *section,
                                        const char    *name,
                                        float          fallback);

/* Faults at @path. */
void         vc_config_check_heads     (VcJson        *json,
                                        const char    *path,
                                        const VcTower *tower);
void         vc_config_check_table     (VcJson        *json,
                                        const char    *path,
                                        uint64_t       rows,
                                        uint64_t       width);

G_END_DECLS
