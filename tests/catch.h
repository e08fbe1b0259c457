// Catch2 v3 on Debian 13, v2 on Debian 12.
#pragma once
#ifdef CATCH2_V2
#include <catch2/catch.hpp>
#else
#include <catch2/catch_all.hpp>
#endif
