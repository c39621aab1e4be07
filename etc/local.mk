# SPDX-License-Identifier: ISC
EXTRA_DIST += etc/ccm.conf etc/ccmctl.bash etc/ccmd.init.in \
	etc/ccmd.openrc.in etc/ccmd.service.in

# The example is a configuration for one machine. It is put in force where there
# is none; from then on it is the operator's.
exampledir = $(docdir)/examples
dist_example_DATA = etc/ccm.conf etc/prometheus/ccm.rules.yml
EXTRA_DIST += etc/prometheus/ccm.rules.test.yml
nodist_example_DATA = etc/ccmd.init etc/ccmd.openrc

unitdir = $(prefix)/lib/systemd/system
nodist_unit_DATA = etc/ccmd.service

pkgconfigdir = $(libdir)/pkgconfig
nodist_pkgconfig_DATA = etc/ccm.pc

# bash-completion looks for a file of the command's name.
completiondir = $(datadir)/bash-completion/completions
confdir = $(sysconfdir)/ccm
statedir = $(localstatedir)/lib/ccm
install-data-hook:
	$(MKDIR_P) '$(DESTDIR)$(completiondir)' '$(DESTDIR)$(confdir)/modules.d'
	$(MKDIR_P) -m 700 '$(DESTDIR)$(statedir)' '$(DESTDIR)$(statedir)/objects'
	test -e '$(DESTDIR)$(confdir)/ccm.conf' || \
	    $(INSTALL_DATA) '$(srcdir)/etc/ccm.conf' '$(DESTDIR)$(confdir)'
	$(INSTALL_DATA) '$(srcdir)/etc/ccmctl.bash' \
	    '$(DESTDIR)$(completiondir)/ccmctl'
uninstall-hook:
	rm -f '$(DESTDIR)$(completiondir)/ccmctl'
	! cmp -s '$(srcdir)/etc/ccm.conf' '$(DESTDIR)$(confdir)/ccm.conf' || \
	    rm -f '$(DESTDIR)$(confdir)/ccm.conf'

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

# The Debian packages, in deb/. The archive leaves the debian folder out.
# DEB_FLAGS are dpkg-buildpackage's.
DEB_FLAGS = -us -uc
.PHONY: deb
deb: dist
	rm -rf deb && $(MKDIR_P) deb
	cp $(distdir).tar.xz deb/$(PACKAGE)_$(VERSION).orig.tar.xz
	cd deb && tar -xf $(PACKAGE)_$(VERSION).orig.tar.xz
	cp -a '$(abs_srcdir)/debian' deb/$(distdir)
	cd deb/$(distdir) && dpkg-buildpackage $(DEB_FLAGS)
