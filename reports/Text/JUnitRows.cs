using System.Globalization;
using System.Text;
using System.Xml;
using MizarLab.Observation;

namespace MizarLab.Reports;

/// <summary>Judged rows as JUnit XML, for what is not a run of scenarios: a suite of each name, in the order they first come, a case a row.</summary>
public static class JUnitRows
{
    /// <summary>Writes UTF-8 XML; leaves the stream open.</summary>
    public static void Write(string name, IReadOnlyList<(string Suite, JudgedRow Row)> rows, Stream output)
    {
        XmlWriterSettings settings = new() { Indent = true, Encoding = new UTF8Encoding(false), CloseOutput = false, NewLineChars = "\n" };
        using XmlWriter xml = XmlWriter.Create(output, settings);
        xml.WriteStartElement("testsuites");
        xml.WriteAttributeString("name", XmlText.Clean(name));
        WriteCounts(xml, [.. rows.Select(r => r.Row)]);
        int id = 0;
        foreach (IGrouping<string, JudgedRow> suite in rows.GroupBy(r => r.Suite, r => r.Row))
        {
            JudgedRow[] cases = [.. suite];
            xml.WriteStartElement("testsuite");
            xml.WriteAttributeString("name", XmlText.Clean(suite.Key));
            xml.WriteAttributeString("package", XmlText.Clean(suite.Key));
            xml.WriteAttributeString("id", (id++).ToString(CultureInfo.InvariantCulture));
            xml.WriteAttributeString("hostname", "localhost");
            WriteCounts(xml, cases);
            xml.WriteAttributeString("skipped", Number(cases.Count(c => c.Result == Result.Skip)));
            xml.WriteElementString("properties", "");
            foreach (JudgedRow row in cases)
            {
                WriteCase(xml, suite.Key, row);
            }
            xml.WriteElementString("system-out", "");
            xml.WriteElementString("system-err", "");
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, string suite, JudgedRow row)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("name", XmlText.Clean(row.Name));
        xml.WriteAttributeString("classname", XmlText.Clean($"{row.Backend}.{suite}"));
        xml.WriteAttributeString("time", "0.000");
        if (row.Result == Result.Fail)
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("message", XmlText.Clean(row.Reason));
            xml.WriteAttributeString("type", "failed");
            xml.WriteEndElement();
        }
        else if (row.Result != Result.Pass)
        {
            xml.WriteStartElement("skipped");
            xml.WriteAttributeString("message", XmlText.Clean(row.Reason));
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
    }

    private static void WriteCounts(XmlWriter xml, JudgedRow[] cases)
    {
        xml.WriteAttributeString("tests", Number(cases.Length));
        xml.WriteAttributeString("failures", Number(cases.Count(c => c.Result == Result.Fail)));
        xml.WriteAttributeString("errors", "0");
        xml.WriteAttributeString("time", "0.000");
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
