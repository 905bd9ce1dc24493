using System.Xml;
using System.Xml.Schema;
using MizarLab.Observation;
using MizarLab.Reports;

namespace MizarLab.Tests.Reports;

/// <summary>The strictest reading of JUnit XML that its readers share: Ant's order of elements, Jenkins's and GitLab's attributes.</summary>
public class JUnitSchemaTests
{
    private const string Schema = """
        <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
          <xs:simpleType name="count"><xs:restriction base="xs:nonNegativeInteger"/></xs:simpleType>
          <xs:simpleType name="seconds"><xs:restriction base="xs:decimal"><xs:minInclusive value="0"/></xs:restriction></xs:simpleType>
          <xs:simpleType name="utc"><xs:restriction base="xs:dateTime"><xs:pattern value="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"/></xs:restriction></xs:simpleType>
          <xs:attributeGroup name="counts">
            <xs:attribute name="name" type="xs:string" use="required"/>
            <xs:attribute name="tests" type="count" use="required"/>
            <xs:attribute name="failures" type="count" use="required"/>
            <xs:attribute name="errors" type="count" use="required"/>
            <xs:attribute name="time" type="seconds" use="required"/>
          </xs:attributeGroup>
          <xs:element name="testsuites">
            <xs:complexType>
              <xs:sequence><xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
              <xs:attributeGroup ref="counts"/>
            </xs:complexType>
          </xs:element>
          <xs:element name="testsuite">
            <xs:complexType>
              <xs:sequence>
                <xs:element name="properties">
                  <xs:complexType><xs:sequence><xs:element name="property" minOccurs="0" maxOccurs="unbounded">
                    <xs:complexType><xs:attribute name="name" type="xs:string" use="required"/><xs:attribute name="value" type="xs:string" use="required"/></xs:complexType>
                  </xs:element></xs:sequence></xs:complexType>
                </xs:element>
                <xs:element name="testcase" minOccurs="0" maxOccurs="unbounded">
                  <xs:complexType>
                    <xs:choice minOccurs="0"><xs:element name="skipped" type="outcome"/><xs:element name="failure" type="outcome"/></xs:choice>
                    <xs:attribute name="name" type="xs:string" use="required"/>
                    <xs:attribute name="classname" type="xs:string" use="required"/>
                    <xs:attribute name="time" type="seconds" use="required"/>
                  </xs:complexType>
                </xs:element>
                <xs:element name="system-out" type="xs:string"/>
                <xs:element name="system-err" type="xs:string"/>
              </xs:sequence>
              <xs:attributeGroup ref="counts"/>
              <xs:attribute name="skipped" type="count" use="required"/>
              <xs:attribute name="timestamp" type="utc"/>
              <xs:attribute name="hostname" type="xs:string" use="required"/>
              <xs:attribute name="id" type="xs:string" use="required"/>
              <xs:attribute name="package" type="xs:string" use="required"/>
            </xs:complexType>
          </xs:element>
          <xs:complexType name="outcome" mixed="true"><xs:attribute name="message" type="xs:string"/><xs:attribute name="type" type="xs:string"/></xs:complexType>
        </xs:schema>
        """;

    public static TheoryData<string> Runs => [.. Samples.Keys];

    private static readonly SortedDictionary<string, RunResult> Samples = new(StringComparer.Ordinal)
    {
        ["mixed"] = SampleRun.Mixed,
        ["all passed"] = SampleRun.AllPassed,
        ["nothing ran"] = SampleRun.NothingRan,
        ["no scenario"] = new RunResult(SampleRun.Manifest("00000000"), []),
        ["hostile"] = HostileRun.Make(),
    };

    [Theory]
    [MemberData(nameof(Runs))]
    public void IsValid(string sample) => Assert.Empty(Validate(TextReportTests.Written(JUnitReport.Write, Samples[sample])));

    [Fact]
    public void TheSchemaCanRefuse()
    {
        string xml = TextReportTests.Written(JUnitReport.Write, SampleRun.Mixed);
        Assert.NotEmpty(Validate(xml.Replace("classname=", "class=", StringComparison.Ordinal)));
        Assert.NotEmpty(Validate(xml.Replace("failures=\"3\"", "failures=\"two\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void CountsAreThoseOfTheCases()
    {
        XmlDocument xml = new();
        xml.LoadXml(TextReportTests.Written(JUnitReport.Write, SampleRun.Mixed));
        foreach (XmlElement suite in xml.SelectNodes("//testsuites | //testsuite")!.Cast<XmlElement>())
        {
            Assert.Equal(suite.SelectNodes(".//testcase")!.Count, int.Parse(suite.GetAttribute("tests"), null));
            Assert.Equal(suite.SelectNodes(".//failure")!.Count, int.Parse(suite.GetAttribute("failures"), null));
            if (suite.Name == "testsuite")
            {
                Assert.Equal(suite.SelectNodes(".//skipped")!.Count, int.Parse(suite.GetAttribute("skipped"), null));
            }
        }
    }

    private static List<string> Validate(string text)
    {
        List<string> errors = [];
        XmlReaderSettings settings = new() { ValidationType = ValidationType.Schema };
        settings.Schemas.Add(null, XmlReader.Create(new StringReader(Schema)));
        settings.ValidationEventHandler += (_, e) => errors.Add(e.Message);
        using XmlReader reader = XmlReader.Create(new StringReader(text), settings);
        while (reader.Read())
        {
        }
        return errors;
    }
}
