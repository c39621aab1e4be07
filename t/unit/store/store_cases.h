/* SPDX-License-Identifier: ISC */
#ifndef CCM_T_UNIT_STORE_STORE_CASES_H
#define CCM_T_UNIT_STORE_STORE_CASES_H

/* The tests that every kind of store has to pass. *state is a struct
 * store_driver whose store is empty, or begins with one. */

#include "unit/unit.h"

void carries_out_one_branch(void **state);
void each_condition_can_fail(void **state);
void reads_ranges_in_all_orders(void **state);
void refuses_one_key_twice_in_a_transaction(void **state);
void keeps_values_byte_by_byte(void **state);
void a_cancelled_call_says_nothing(void **state);
void can_be_freed_with_all_in_flight(void **state);
void can_be_freed_from_a_callback(void **state);
void a_watch_sees_its_range_from_the_present(void **state);
void nothing_comes_after_unwatch(void **state);
void keys_with_a_lease_go_with_it(void **state);
void a_lease_that_is_gone_is_told(void **state);
void a_lease_that_is_gone_cannot_be_used(void **state);
void a_lease_that_is_not_kept_lapses(void **state);

/* For an array of tests; CASE(name) makes an entry. */
#define STORE_CASES(CASE)                                                      \
    CASE(carries_out_one_branch), CASE(each_condition_can_fail),               \
        CASE(reads_ranges_in_all_orders),                                      \
        CASE(refuses_one_key_twice_in_a_transaction),                          \
        CASE(keeps_values_byte_by_byte), CASE(a_cancelled_call_says_nothing),  \
        CASE(can_be_freed_with_all_in_flight),                                 \
        CASE(can_be_freed_from_a_callback),                                    \
        CASE(a_watch_sees_its_range_from_the_present),                         \
        CASE(nothing_comes_after_unwatch), CASE(keys_with_a_lease_go_with_it), \
        CASE(a_lease_that_is_gone_is_told),                                    \
        CASE(a_lease_that_is_gone_cannot_be_used),                             \
        CASE(a_lease_that_is_not_kept_lapses)

#endif
