# Toolchain of the "neon" preset: Debian's cross-compiler, the libraries that tools/neon.sh unpacked, QEMU to run what
# was built.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_LIBRARY_ARCHITECTURE aarch64-linux-gnu)

get_filename_component(SEMEME_SYSROOT ${CMAKE_CURRENT_LIST_DIR}/../build/neon/sysroot ABSOLUTE)
set(CMAKE_FIND_ROOT_PATH ${SEMEME_SYSROOT})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
# Debian keeps headers that differ between architectures (OpenSSL's configuration) in a folder of their own.
set(CMAKE_CXX_FLAGS_INIT "-isystem ${SEMEME_SYSROOT}/usr/include/aarch64-linux-gnu")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu -cpu max)
