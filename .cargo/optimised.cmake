set(CMAKE_BUILD_TYPE Release CACHE STRING "Optimised in every profile of cargo" FORCE)
