// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <sys/resource.h>

// `exitscope --export`, run as a program.
namespace exitscope::test {

inline constexpr const char *kSample = EXITSCOPE_SOURCE_DIR "/resources/sample/host";

struct ExportResult {
    int status = -1; // -1: crashed, hung or did not start
    QString err;
};

inline QString text(const char *utf8)
{
    return QString::fromUtf8(utf8);
}

// Without a display, as on a server. `most`: bytes of a file, as on a full disk.
inline ExportResult run(const QStringList &arguments, rlim_t most = RLIM_INFINITY)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const char *variable : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        environment.remove(text(variable));
    process.setProcessEnvironment(environment);
    process.setChildProcessModifier([most] {
        const rlimit limit{most, most};
        std::signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
    });
    process.start(text(EXITSCOPE_BINARY_DIR "/exitscope"), arguments, QIODevice::ReadOnly);
    if (!process.waitForFinished(60'000) || process.exitStatus() != QProcess::NormalExit)
        return {};
    return {process.exitCode(), text(process.readAllStandardError().constData())};
}

inline QByteArray contentOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("none");
}

// Where a test's pictures go.
class Exported {
public:
    bool isValid() const { return m_directory.isValid(); }
    QString directory() const { return m_directory.path(); }
    QString path(const QString &name) const { return m_directory.filePath(name); }
    QString fileFor(const char *suffix) const
    {
        return path(QString::fromUtf8(QTest::currentTestFunction()) + QLatin1Char('.') + text(suffix));
    }
    // What is drawn as SVG.
    QByteArray svg(const char *chart, const QStringList &more) const
    {
        const QString file = fileFor("svg");
        const ExportResult result
            = run(QStringList{text("--export"), text(chart), text("--output"), file, text("--force")} + more
                + QStringList{text(kSample)});
        return result.status == 0 ? contentOf(file) : QByteArray("failed: ") + result.err.toUtf8();
    }

private:
    QTemporaryDir m_directory;
};

} // namespace exitscope::test
