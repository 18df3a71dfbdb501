// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/input.h"

#include <QTemporaryDir>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace exitscope::fuzz {

std::string inputDirectory()
{
    static const QTemporaryDir directory;
    require(directory.isValid(), "there is a temporary directory");
    return directory.path().toStdString();
}

std::string writeInput(const char *name, Bytes bytes)
{
    std::string path = inputDirectory() + '/' + name;
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(reinterpret_cast<const char *>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    file.close();
    require(!file.fail(), "the input can be written");
    return path;
}

void require(bool isSo, const char *promise)
{
    if (isSo)
        return;
    std::fprintf(stderr, "It is not so that %s\n", promise);
    std::abort();
}

} // namespace exitscope::fuzz
