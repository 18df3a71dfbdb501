// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QSettings>
#include <QSvgRenderer>
#include <QTest>
#include <QXmlStreamReader>

#include "app/window/program_icon.h"

class TestDesktopFiles : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void desktopEntryStartsTheProgram();
    void metadataIsComplete();
    void iconIsDrawn();
    void iconNeedsNoPlugin();

private:
    static QString resource(const char *name)
    {
        return QStringLiteral(EXITSCOPE_SOURCE_DIR "/resources/") + QString::fromLatin1(name);
    }
};

void TestDesktopFiles::desktopEntryStartsTheProgram()
{
    QSettings entry(resource("exitscope.desktop"), QSettings::IniFormat);
    QCOMPARE(entry.status(), QSettings::NoError);
    entry.beginGroup(QStringLiteral("Desktop Entry"));
    QCOMPARE(entry.value(QStringLiteral("Type")).toString(), QStringLiteral("Application"));
    QCOMPARE(entry.value(QStringLiteral("Exec")).toString(), QStringLiteral("exitscope %F"));
    QCOMPARE(entry.value(QStringLiteral("Icon")).toString(), QStringLiteral("exitscope"));
    QVERIFY(!entry.value(QStringLiteral("Name")).toString().isEmpty());
}

void TestDesktopFiles::metadataIsComplete()
{
    QFile file(resource("exitscope.metainfo.xml"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QXmlStreamReader xml(&file);
    QSet<QString> elements;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        elements.insert(xml.name().toString());
        if (xml.name() == QStringLiteral("launchable"))
            QCOMPARE(xml.readElementText(), QStringLiteral("exitscope.desktop"));
    }
    QVERIFY2(!xml.hasError(), qPrintable(xml.errorString()));
    for (const char *needed :
        {"id", "name", "summary", "description", "metadata_license", "project_license", "launchable", "release"})
        QVERIFY2(elements.contains(QString::fromLatin1(needed)), needed);
}

void TestDesktopFiles::iconIsDrawn()
{
    QSvgRenderer renderer(resource("icons/exitscope.svg"));
    QVERIFY(renderer.isValid());
    QImage image(64, 64, QImage::Format_ARGB32);
    image.fill(Qt::transparent);
    QPainter painter(&image);
    renderer.render(&painter);
    painter.end();
    QVERIFY(qAlpha(image.pixel(32, 8)) == 255);
    QVERIFY(qAlpha(image.pixel(0, 0)) == 0);
    QVERIFY(image.pixel(12, 18) != image.pixel(21, 18)); // a row with two states
}

// The plugin that reads SVG files is a package of its own on Debian 13.
void TestDesktopFiles::iconNeedsNoPlugin()
{
    QCoreApplication::setLibraryPaths({});
    for (int size : {16, 96}) {
        const QImage image = exitscope::programIcon().pixmap(size, size).toImage();
        QCOMPARE(image.size(), QSize(size, size));
        QVERIFY(qAlpha(image.pixel(size / 2, size / 8)) == 255);
    }
}

QTEST_MAIN(TestDesktopFiles)
#include "tst_desktop_files.moc"
