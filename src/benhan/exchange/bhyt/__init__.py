"""The insurance XML every Vietnamese hospital system produces (QĐ 130/4750/3176): read, write, import."""
