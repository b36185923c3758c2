dist_man_MANS += man/ppx.1
