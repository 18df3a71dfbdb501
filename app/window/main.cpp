// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QCommandLineParser>

#include <cstdio>
#include <cstring>

#include "app/common/arguments.h"
#include "app/common/console.h"
#include "app/common/interrupt_guard.h"
#include "app/common/locale.h"
#include "app/window/export/export_command.h"
#include "app/window/main_window.h"
#include "app/window/storage/bookmark_store.h"
#include "app/window/storage/guest_map_store.h"
#include "app/window/storage/symbol_store.h"

namespace {

using namespace exitscope;

// Without one Qt would abort.
bool hasDisplay()
{
    for (const char *variable : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (!qEnvironmentVariableIsEmpty(variable))
            return true;
    return false;
}

// Needed before there is a QApplication, whose platform depends on it.
bool needsNoDisplay(int argc, char **argv)
{
    for (int i = 1; i < argc && std::strcmp(argv[i], "--") != 0; ++i)
        for (const char *option : {"--export", "--help", "--version", "-h", "-v"})
            if (std::strcmp(argv[i], option) == 0
                || (std::strncmp(argv[i], "--export=", std::strlen("--export=")) == 0))
                return true;
    return false;
}

int wrongUsage(const QString &problem)
{
    say(stderr, QStringLiteral("exitscope: %1 (try 'exitscope --help')").arg(problem));
    return static_cast<int>(ExitStatus::Usage);
}

int showWindow(const RecordingChoice &choice, std::optional<ThemeChoice> theme)
{
    MainWindow::Options options;
    options.bookmarkDirectory = BookmarkStore::defaultDirectory();
    options.load = choice.load;
    options.guestMapDirectory = GuestMapStore::defaultDirectory();
    options.guestMaps = choice.maps;
    options.symbolDirectory = SymbolStore::defaultDirectory();
    options.symbols = choice.symbols;
    options.theme = theme;
    Settings settings;
    InterruptGuard guard([] { QMetaObject::invokeMethod(qApp, &QCoreApplication::quit, Qt::QueuedConnection); });
    MainWindow window(settings, options);
    window.show();
    window.open(choice.paths);
    return QApplication::exec();
}

int run(const QStringList &arguments)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Shows where virtualization costs time, from kernel traces of a KVM host.\n"
                       "Without --export it opens a window, in which ranges and filters are set."));
    parser.addPositionalArgument(QStringLiteral("PATH"),
        QStringLiteral(
            "A trace (a directory of CTF, trace.dat, perf.data, or text of ftrace), or a directory with traces below"),
        QStringLiteral("[PATH...]"));
    parser.addOption({QStringLiteral("theme"),
        QStringLiteral("Colours: desktop, light or dark; of --export light (if not given) or dark"),
        QStringLiteral("THEME")});
    addExportOptions(parser);
    addRecordingOptions(parser, kWindowOptions);
    parser.addHelpOption();
    parser.addVersionOption();
    parser.process(arguments);

    const QString theme = parser.value(QStringLiteral("theme"));
    if (wantsExport(parser)) {
        const std::variant<ExportRequest, QString> request = readExportOptions(parser, theme);
        if (const QString *wrong = std::get_if<QString>(&request))
            return wrongUsage(*wrong);
        return static_cast<int>(runExport(std::get<ExportRequest>(request), stderr));
    }
    for (const char *option : {"output", "size", "scale", "measure", "by", "caption", "force", "from", "to", "vcpu",
             "reason", "scenario", "min-ns", "max-ns", "address", "pcpu", "symbol", "target", "region", "userspace",
             "touch", "thread", "process", "syscall", "context"})
        if (parser.isSet(QString::fromUtf8(option)))
            return wrongUsage(QStringLiteral("--%1 is for --export").arg(QString::fromUtf8(option)));
    RecordingChoice choice;
    if (const std::optional<QString> wrong = readRecordingOptions(parser, kWindowOptions, choice))
        return wrongUsage(*wrong);
    ThemeChoice chosen{};
    if (!theme.isEmpty() && !parseThemeChoice(theme, chosen))
        return wrongUsage(QStringLiteral("'%1' is no theme; there are desktop, light, dark").arg(theme));
    return showWindow(choice, theme.isEmpty() ? std::nullopt : std::optional(chosen));
}

} // namespace

int main(int argc, char **argv)
{
    openStandardStreams();
    useUtf8();
    if (needsNoDisplay(argc, argv)) {
        if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
            qputenv("QT_QPA_PLATFORM", "offscreen"); // the same picture wherever it is made
    } else if (!hasDisplay()) {
        std::fputs("exitscope: there is no display (DISPLAY and WAYLAND_DISPLAY are not set); use --export or "
                   "exitscope-cli\n",
            stderr);
        return static_cast<int>(ExitStatus::Usage);
    }
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("exitscope"));
    QApplication::setApplicationDisplayName(QStringLiteral("ExitScope"));
    QApplication::setApplicationVersion(QStringLiteral(EXITSCOPE_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("exitscope"));
    return run(argumentsOf(argc, argv)); // without those that Qt took
}
