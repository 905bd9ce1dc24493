using System.IO.Compression;
using System.Text;
using MizarLab.Harness.Conformance;

namespace MizarLab.Tests.Conformance;

/// <summary>A file that is not one is refused with the element's name, never with a stack trace.</summary>
public sealed class VectorSuiteTests
{
    private const string Vector = """{"name":"v","program":"_transit","maps":MAPS,"in_hex":"00","out_hex":"00","action":"XDP_ABORTED","map_changes":{}}""";

    [Theory]
    [InlineData("", "v.json:1:1: empty, where JSON is wanted")]
    [InlineData("[{]", "v.json:1:3: ']', where a key is wanted")]
    [InlineData("3", "v.json:1:1: an array is wanted here, not number")]
    [InlineData("[3]", "v.json:1:2: [0]: an object is wanted here, not number")]
    [InlineData("[{}]", "v.json:1:2: [0]: 'maps' is missing")]
    [InlineData("""[{"maps":{},"maps":{}}]""", "v.json:1:13: a key that this object has already")]
    [InlineData("""{"world":{}}""", "v.json:1:1: 'sequences' is missing")]
    public void What_is_no_suite_is_refused(string json, string message) =>
        Assert.Contains(message, Assert.Throws<VectorException>(() => Read(json)).Message);

    [Theory]
    [InlineData("""{"surprise":[]}""", "[0].maps.surprise: no table of this name is known")]
    [InlineData("""{"endpoints":[{"vni":3,"ip":"10.0.0","type":1,"remote_ips":[],"hosted_slot":-1,"mac":"6a:00:00:00:00:02"}]}""", ": [0].maps.endpoints[0].ip: '10.0.0' is not an IPv4 address")]
    [InlineData("""{"endpoints":[{"vni":-1,"ip":"10.0.0.2","type":1,"remote_ips":[],"hosted_slot":-1,"mac":"6a:00:00:00:00:02"}]}""", "endpoints[0].vni: -1 is not a whole number")]
    [InlineData("""{"endpoints":[{"vni":1,"ip":"10.0.0.2","type":1,"remote_ips":["1.2.3.4"],"nremote":2,"hosted_slot":-1,"mac":"6a:00:00:00:00:02"}]}""", "endpoints[0].nremote: says otherwise")]
    [InlineData("""{"interface_config":{"slot":0,"ip":"1.2.3.4","mac":"zz"}}""", "interface_config.mac: 'zz' is not a MAC address")]
    [InlineData("""{"interfaces_map":{"128":"eth0"}}""", "interfaces_map.128: '128' is not a number from 0 to 127")]
    [InlineData("""{"networks":[{"vni":1,"ip":"1.2.3.4","prefixlen":33,"switches":[]}]}""", "networks[0].prefixlen: 33 is not a whole number from 0 to 32")]
    [InlineData("""{"vpcs":[{"vni":1}]}""", "vpcs[0]: 'routers' is missing")]
    [InlineData("""{"agent":{"extra":{}}}""", "agent.extra: no table of this name is known to an agent")]
    public void A_wrong_table_is_refused_by_its_element(string maps, string message) =>
        Assert.Contains(message, Assert.Throws<VectorException>(() => Read($"[{Vector.Replace("MAPS", maps)}]")).Message);

    [Theory]
    [InlineData("\"_transit\"", "\"_bridge\"", "program: '_bridge' is neither")]
    [InlineData("\"_transit\"", "\"_agent\"", "maps: an agent's vector has exactly one 'agent'")]
    [InlineData("XDP_ABORTED", "XDP_SHRUG", "action: 'XDP_SHRUG' is none of")]
    [InlineData("\"in_hex\":\"00\"", "\"in_hex\":\"0\"", "in_hex: not pairs of hexadecimal digits")]
    public void A_wrong_vector_is_refused_by_its_element(string part, string replacement, string message) =>
        Assert.Contains(message, Assert.Throws<VectorException>(() => Read($"[{Vector.Replace("MAPS", "{}").Replace(part, replacement)}]")).Message);

    [Fact]
    public void Too_long_a_list_is_refused()
    {
        string many = string.Join(',', Enumerable.Repeat("\"1.2.3.4\"", 129));
        VectorException refused = Assert.Throws<VectorException>(
            () => Read($"[{Vector.Replace("MAPS", $$"""{"vpcs":[{"vni":1,"routers":[{{many}}]}]}""")}]"));
        Assert.Contains("vpcs[0].routers: a list holds at most 128 addresses, not 129", refused.Message);
    }

    [Fact]
    public void Gzip_is_told_by_its_first_bytes_and_its_damage_is_told()
    {
        using MemoryStream packed = new();
        using (GZipStream zip = new(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes($"[{Vector.Replace("MAPS", "{}")}]"));
        }
        Assert.Single(VectorSuite.Read("v.json", new MemoryStream(packed.ToArray())).Vectors);

        byte[] damaged = packed.ToArray();
        damaged[12] ^= 0xFF;
        Assert.Throws<VectorException>(() => VectorSuite.Read("v.json.gz", new MemoryStream(damaged)));
    }

    [Fact]
    public void A_file_that_is_not_there_is_told() =>
        Assert.Contains("nowhere.json", Assert.Throws<VectorException>(() => VectorSuite.Load("/nowhere.json")).Message);

    [Fact]
    public void Truncated_files_throw_nothing_else()
    {
        byte[] whole = File.ReadAllBytes(VectorFiles.PathOf(VectorFiles.Chains));
        for (int length = 0; length < whole.Length; length += 97)
        {
            Assert.Throws<VectorException>(() => VectorSuite.Read("cut", new MemoryStream(whole, 0, length)));
        }
    }

    private static VectorSuite Read(string json) => VectorSuite.Read("v.json", new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
