// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <QCommandLineParser>

#include <clocale>
#include <cstdio>
#include <cstring>
#include <langinfo.h>

#include "app/window/bookmark_store.h"
#include "app/window/main_window.h"

namespace {

using namespace exitscope;

// Qt works in UTF-8 only, and complains on stderr where the locale has something else.
void useUtf8()
{
    if (std::setlocale(LC_CTYPE, "") == nullptr || std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        qputenv("LC_ALL", "C.UTF-8");
}

// Without one Qt would abort.
bool hasDisplay()
{
    for (const char *variable : {"DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"})
        if (!qEnvironmentVariableIsEmpty(variable))
            return true;
    return false;
}

int wrongUsage(const QString &problem)
{
    std::fputs(qPrintable(QStringLiteral("exitscope: %1 (try 'exitscope --help')\n").arg(problem)), stderr);
    return 1;
}

int showWindow(QApplication &app)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Shows where virtualization costs time, from kernel traces of a KVM host."));
    parser.addPositionalArgument(QStringLiteral("PATH"),
        QStringLiteral("A trace, or a directory with traces somewhere below"), QStringLiteral("[PATH...]"));
    const QCommandLineOption theme(
        QStringLiteral("theme"), QStringLiteral("Colours: desktop, light or dark"), QStringLiteral("theme"));
    const QCommandLineOption reader(QStringLiteral("reader"),
        QStringLiteral("The exitscope-reader to use instead of the one beside this program"),
        QStringLiteral("program"));
    parser.addOptions({theme, reader});
    parser.addHelpOption();
    parser.addVersionOption();
    parser.process(app);

    MainWindow::Options options;
    options.bookmarkDirectory = BookmarkStore::defaultDirectory();
    options.load.readerProgram = parser.value(reader);
    if (parser.isSet(theme)) {
        ThemeChoice choice{};
        if (!parseThemeChoice(parser.value(theme), choice))
            return wrongUsage(
                QStringLiteral("'%1' is no theme; there are desktop, light, dark").arg(parser.value(theme)));
        options.theme = choice;
    }
    Settings settings;
    MainWindow window(settings, options);
    window.show();
    window.open(parser.positionalArguments());
    return QApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    useUtf8();
    if (!hasDisplay()) {
        std::fputs(
            "exitscope: there is no display (DISPLAY and WAYLAND_DISPLAY are not set); use exitscope-cli\n", stderr);
        return 1;
    }
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("exitscope"));
    QApplication::setApplicationDisplayName(QStringLiteral("ExitScope"));
    QApplication::setApplicationVersion(QStringLiteral(EXITSCOPE_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("exitscope"));
    return showWindow(app);
}
