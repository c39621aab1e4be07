# SPDX-License-Identifier: ISC
EXTRA_DIST += etc/ccm.conf etc/ccmctl.bash etc/ccmd.init.in \
	etc/ccmd.openrc.in etc/ccmd.service.in

# ccm.conf is an example: what is in force is the operator's to write.
exampledir = $(docdir)/examples
dist_example_DATA = etc/ccm.conf
nodist_example_DATA = etc/ccmd.init etc/ccmd.openrc

unitdir = $(prefix)/lib/systemd/system
nodist_unit_DATA = etc/ccmd.service

pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = etc/ccm.pc

# bash-completion looks for a file of the command's name.
completiondir = $(datadir)/bash-completion/completions
install-data-hook:
	$(MKDIR_P) '$(DESTDIR)$(completiondir)'
	$(INSTALL_DATA) '$(srcdir)/etc/ccmctl.bash' \
	    '$(DESTDIR)$(completiondir)/ccmctl'
uninstall-hook:
	rm -f '$(DESTDIR)$(completiondir)/ccmctl'

# Folders are known to make alone, not to configure.
ETC_FILES = etc/ccmd.init etc/ccmd.openrc etc/ccmd.service
CLEANFILES += $(ETC_FILES)
$(ETC_FILES): Makefile
	@$(MKDIR_P) etc
	$(AM_V_GEN)$(SED) -e 's|@sbindir[@]|$(sbindir)|g' \
	    -e 's|@sysconfdir[@]|$(sysconfdir)|g' \
	    -e 's|@localstatedir[@]|$(localstatedir)|g' \
	    -e 's|@runstatedir[@]|$(runstatedir)|g' \
	    '$(srcdir)/$@.in' >$@.new && mv $@.new $@
etc/ccmd.init: etc/ccmd.init.in
etc/ccmd.openrc: etc/ccmd.openrc.in
etc/ccmd.service: etc/ccmd.service.in
