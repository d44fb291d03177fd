module waihu

go 1.26
