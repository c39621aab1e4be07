/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_MODULES_HOSTILE_H
#define CCM_T_MODULES_HOSTILE_H

/* The parts of the module "hostile". */

#include <ccm/module.h>

/* Declares a file with nothing but a path. */
FILE *hostile_file(struct ccm_run *run, const char *path);

/* hostile_end.c */
int act_return(struct ccm_run *run);
int act_crash(struct ccm_run *run);
int act_stray(struct ccm_run *run);
int act_abort(struct ccm_run *run);
int act_spin(struct ccm_run *run);
int act_exit(struct ccm_run *run);
int act_exit_70(struct ccm_run *run);
int act_kill_self(struct ccm_run *run);

/* hostile_declare.c */
int act_outside(struct ccm_run *run);
int act_inserted(struct ccm_run *run);
int act_newline(struct ccm_run *run);
int act_many(struct ccm_run *run);
int act_too_many(struct ccm_run *run);
int act_streams(struct ccm_run *run);

/* hostile_forge.c */
int act_forge_rejected(struct ccm_run *run);
int act_forge_again(struct ccm_run *run);
int act_forge_type(struct ccm_run *run);
int act_forge_log(struct ccm_run *run);
int act_forge_nested(struct ccm_run *run);
int act_forge_changes(struct ccm_run *run);

#endif
