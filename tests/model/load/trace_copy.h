// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QtTest>

#include "model/load/load.h"

// Copies of recordings that a test may damage.
namespace exitscope::testing {

// One of the real recordings; empty where they are not there (skip with NEEDS_REAL_TRACES then).
inline QString realTrace(const QString &name)
{
    const QString path = QDir::cleanPath(QStringLiteral(EXITSCOPE_SHARED_DIR "/traces/") + name);
    return QFileInfo::exists(path) ? path : QString();
}

#define NEEDS_REAL_TRACES()                                                                                            \
    do {                                                                                                               \
        if (exitscope::testing::realTrace(QStringLiteral("storms")).isEmpty())                                         \
            QSKIP("the real recordings are not there: " EXITSCOPE_SHARED_DIR "/traces");                               \
    } while (false)

inline QString copyTree(const QString &from, const QString &to)
{
    QDir().mkpath(to);
    for (const QFileInfo &info : QDir(from).entryInfoList(QDir::AllEntries | QDir::NoDotAndDotDot)) {
        const QString target = to + QLatin1Char('/') + info.fileName();
        if (info.isDir()) {
            copyTree(info.filePath(), target);
        } else {
            QFile::copy(info.filePath(), target);
            QFile::setPermissions(target, QFile::ReadOwner | QFile::WriteOwner);
        }
    }
    return to;
}

inline void writeFile(const QString &path, const QByteArray &content)
{
    QDir().mkpath(QFileInfo(path).path());
    QFile file(path);
    QVERIFY2(file.open(QIODevice::WriteOnly), qPrintable(path));
    QCOMPARE(file.write(content), content.size());
}

inline void overwrite(const QString &path, qint64 at, const QByteArray &bytes)
{
    QFile file(path);
    QVERIFY2(file.open(QIODevice::ReadWrite), qPrintable(path));
    QVERIFY(file.seek(at));
    QCOMPARE(file.write(bytes), bytes.size());
}

inline LoadOptions options()
{
    LoadOptions result;
    result.readerProgram = QStringLiteral(EXITSCOPE_BINARY_DIR "/exitscope-reader");
    return result;
}

// Of what exitscope-reader does.
inline LoadOptions readerOptions()
{
    LoadOptions result = options();
    result.source = SourceChoice::Reader;
    return result;
}

inline QStringList codes(const Diagnostics &diagnostics)
{
    QStringList result;
    for (const Diagnostic &diagnostic : diagnostics)
        result.append(diagnostic.code);
    result.sort();
    return result;
}

// The only diagnostic with this code; an empty one if there is none or more.
inline Diagnostic theOne(const Diagnostics &diagnostics, const char *code)
{
    Diagnostic found;
    int count = 0;
    for (const Diagnostic &diagnostic : diagnostics) {
        if (diagnostic.code == QLatin1String(code)) {
            found = diagnostic;
            ++count;
        }
    }
    return count == 1 ? found : Diagnostic{};
}

inline qsizetype exitsOf(const Recording &recording)
{
    qsizetype exits = 0;
    for (const Timeline &host : recording.hosts)
        for (const Vm &vm : host.vms)
            for (const Vcpu &vcpu : vm.vcpus)
                exits += static_cast<qsizetype>(vcpu.exits.size());
    return exits;
}

// All numbers of the recording's timelines, to compare two of them byte by byte.
QByteArray fingerprint(const Recording &recording);

} // namespace exitscope::testing
