# SPDX-License-Identifier: ISC
# Modules for the tests, good and bad; what each does stands in its source.
TEST_MODULES = \
	t/modules/ok.so \
	t/modules/hostile.so \
	t/modules/spy.so \
	t/modules/careless.so \
	t/modules/constructor-crashes.so \
	t/modules/constructor-exits.so \
	t/modules/constructor-closes.so \
	t/modules/constructor-answers.so \
	t/modules/no-symbol.so \
	t/modules/wrong-abi.so \
	t/modules/shorter.so \
	t/modules/longer.so \
	t/modules/boasting.so \
	t/modules/nameless.so \
	t/modules/bad-name.so \
	t/modules/chain-a.so \
	t/modules/chain-b.so \
	t/modules/chain-c.so \
	t/modules/typed.so \
	t/modules/typed-two.so
check_PROGRAMS += $(TEST_MODULES)

t_modules_ok_so_SOURCES = t/modules/ok.c
t_modules_ok_so_CFLAGS = $(MODULE_COMPILE)
t_modules_ok_so_LDFLAGS = $(MODULE_LINK)
t_modules_ok_so_LDADD = $(JANSSON_LIBS)

t_modules_hostile_so_SOURCES = t/modules/hostile.c t/modules/hostile.h \
	t/modules/hostile_declare.c t/modules/hostile_end.c \
	t/modules/hostile_forge.c
t_modules_hostile_so_CFLAGS = $(MODULE_COMPILE)
t_modules_hostile_so_LDFLAGS = $(MODULE_LINK)
t_modules_hostile_so_LDADD = $(JANSSON_LIBS)

t_modules_spy_so_SOURCES = t/modules/spy.c
t_modules_spy_so_CFLAGS = $(MODULE_COMPILE)
t_modules_spy_so_LDFLAGS = $(MODULE_LINK)
t_modules_spy_so_LDADD = $(JANSSON_LIBS)

t_modules_careless_so_SOURCES = t/modules/careless.c
t_modules_careless_so_CFLAGS = $(MODULE_COMPILE)
t_modules_careless_so_LDFLAGS = $(MODULE_LINK)
t_modules_careless_so_LDADD = $(JANSSON_LIBS)

t_modules_constructor_crashes_so_SOURCES = t/modules/constructor.c
t_modules_constructor_crashes_so_CFLAGS = $(MODULE_COMPILE) -DCONSTRUCTOR_ACT=0
t_modules_constructor_crashes_so_LDFLAGS = $(MODULE_LINK)
t_modules_constructor_crashes_so_LDADD = $(JANSSON_LIBS)

t_modules_constructor_exits_so_SOURCES = t/modules/constructor.c
t_modules_constructor_exits_so_CFLAGS = $(MODULE_COMPILE) -DCONSTRUCTOR_ACT=1
t_modules_constructor_exits_so_LDFLAGS = $(MODULE_LINK)
t_modules_constructor_exits_so_LDADD = $(JANSSON_LIBS)

t_modules_constructor_closes_so_SOURCES = t/modules/constructor.c
t_modules_constructor_closes_so_CFLAGS = $(MODULE_COMPILE) -DCONSTRUCTOR_ACT=2
t_modules_constructor_closes_so_LDFLAGS = $(MODULE_LINK)
t_modules_constructor_closes_so_LDADD = $(JANSSON_LIBS)

t_modules_constructor_answers_so_SOURCES = t/modules/constructor.c
t_modules_constructor_answers_so_CFLAGS = $(MODULE_COMPILE) -DCONSTRUCTOR_ACT=3
t_modules_constructor_answers_so_LDFLAGS = $(MODULE_LINK)
t_modules_constructor_answers_so_LDADD = $(JANSSON_LIBS)

t_modules_no_symbol_so_SOURCES = t/modules/descriptor.c
t_modules_no_symbol_so_CFLAGS = $(MODULE_COMPILE) -DDESCRIPTOR=NONE
t_modules_no_symbol_so_LDFLAGS = $(MODULE_LINK)
t_modules_no_symbol_so_LDADD = $(JANSSON_LIBS)

t_modules_wrong_abi_so_SOURCES = t/modules/descriptor.c
t_modules_wrong_abi_so_CFLAGS = $(MODULE_COMPILE) -DDESCRIPTOR=WRONG_ABI
t_modules_wrong_abi_so_LDFLAGS = $(MODULE_LINK)
t_modules_wrong_abi_so_LDADD = $(JANSSON_LIBS)

t_modules_shorter_so_SOURCES = t/modules/descriptor.c
t_modules_shorter_so_CFLAGS = $(MODULE_COMPILE) -DDESCRIPTOR=SHORTER
t_modules_shorter_so_LDFLAGS = $(MODULE_LINK)
t_modules_shorter_so_LDADD = $(JANSSON_LIBS)

t_modules_longer_so_SOURCES = t/modules/descriptor.c
t_modules_longer_so_CFLAGS = $(MODULE_COMPILE) -DDESCRIPTOR=LONGER
t_modules_longer_so_LDFLAGS = $(MODULE_LINK)
t_modules_longer_so_LDADD = $(JANSSON_LIBS)

t_modules_boasting_so_SOURCES = t/modules/descriptor.c
t_modules_boasting_so_CFLAGS = $(MODULE_COMPILE) -DDESCRIPTOR=BOASTING
t_modules_boasting_so_LDFLAGS = $(MODULE_LINK)
t_modules_boasting_so_LDADD = $(JANSSON_LIBS)

t_modules_nameless_so_SOURCES = t/modules/descriptor.c
t_modules_nameless_so_CFLAGS = $(MODULE_COMPILE) -DDESCRIPTOR=NAMELESS
t_modules_nameless_so_LDFLAGS = $(MODULE_LINK)
t_modules_nameless_so_LDADD = $(JANSSON_LIBS)

t_modules_bad_name_so_SOURCES = t/modules/descriptor.c
t_modules_bad_name_so_CFLAGS = $(MODULE_COMPILE) -DDESCRIPTOR=BAD_NAME
t_modules_bad_name_so_LDFLAGS = $(MODULE_LINK)
t_modules_bad_name_so_LDADD = $(JANSSON_LIBS)

t_modules_chain_a_so_SOURCES = t/modules/chain.c
t_modules_chain_a_so_CFLAGS = $(MODULE_COMPILE) -DCHAIN_NAME='"chain-a"'
t_modules_chain_a_so_LDFLAGS = $(MODULE_LINK)
t_modules_chain_a_so_LDADD = $(JANSSON_LIBS)

t_modules_chain_b_so_SOURCES = t/modules/chain.c
t_modules_chain_b_so_CFLAGS = $(MODULE_COMPILE) -DCHAIN_NAME='"chain-b"' -DCHAIN_DEPENDS='"chain-a"'
t_modules_chain_b_so_LDFLAGS = $(MODULE_LINK)
t_modules_chain_b_so_LDADD = $(JANSSON_LIBS)

t_modules_chain_c_so_SOURCES = t/modules/chain.c
t_modules_chain_c_so_CFLAGS = $(MODULE_COMPILE) -DCHAIN_NAME='"chain-c"' -DCHAIN_DEPENDS='"chain-b"'
t_modules_chain_c_so_LDFLAGS = $(MODULE_LINK)
t_modules_chain_c_so_LDADD = $(JANSSON_LIBS)

t_modules_typed_so_SOURCES = t/modules/typed.c
t_modules_typed_so_CFLAGS = $(MODULE_COMPILE)
t_modules_typed_so_LDFLAGS = $(MODULE_LINK)
t_modules_typed_so_LDADD = $(JANSSON_LIBS)

# The same, with another table.
t_modules_typed_two_so_SOURCES = t/modules/typed.c
t_modules_typed_two_so_CFLAGS = $(MODULE_COMPILE) -DMAX_COUNT=10
t_modules_typed_two_so_LDFLAGS = $(MODULE_LINK)
t_modules_typed_two_so_LDADD = $(JANSSON_LIBS)
