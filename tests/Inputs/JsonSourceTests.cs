using System.Text;
using MizarLab.Harness.Inputs;
using MizarLab.Overlay;

namespace MizarLab.Tests.Inputs;

/// <summary>A JSON file's mistakes are told as a scenario's are: file, line, column, and the mend.</summary>
public sealed class JsonSourceTests
{
    [Theory]
    [InlineData("", "f.json:1:1: empty")]
    [InlineData("[1,\n 2,\n]", "f.json:3:1: a comma after the last element (remove it)")]
    [InlineData("{'a': 1}", "f.json:1:2: ''', where a key is wanted (keys stand in double quotes)")]
    [InlineData("[ 'a' ]", "f.json:1:3: ''', where a value is wanted (text stands in double quotes)")]
    [InlineData("{\n  \"ä\" 1}", "f.json:2:7: '1' after a key (':' is missing)")]
    [InlineData("[1 2]", "f.json:1:4: '2' after a value (',', '}' or ']' is missing)")]
    [InlineData("[\n{\n", "f.json:3:1: the file ends within an object or a list (a '}' or ']' is missing)")]
    [InlineData("// v1\n[]", "f.json:1:1: JSON has no comments (remove it)")]
    [InlineData("[] []", "f.json:1:4: '[' after the end")]
    [InlineData("[[[[[[]]]]]]", "f.json:1:5: nested more than 4 levels deep")]
    [InlineData("{\"a\": {\"b\": 1}, \"c\": {\"b\": 1, \"b\": 2}}", "f.json:1:31: a key that this object has already")]
    [InlineData("[tru]", "f.json:1:5: no JSON: 'tru]'")]
    public void What_is_wrong_has_its_place_and_the_mend(string text, string told) =>
        Assert.StartsWith(told, Refused(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);

    [Fact]
    public void Bytes_that_are_no_text_are_told()
    {
        Assert.StartsWith("f.json:2:2: a byte that is no UTF-8", Refused([.. "[\n\""u8, 0xFF]), StringComparison.Ordinal);
        Assert.Contains("UTF-16", Refused([0xFF, 0xFE, (byte)'[', 0, (byte)']', 0]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_byte_order_mark_is_none_of_the_text()
    {
        using JsonSource source = JsonSource.Parse("f.json", [0xEF, 0xBB, 0xBF, (byte)'[', (byte)'7', (byte)']'], 4);
        Assert.Equal(new SourcePlace("f.json", 1, 2), source.PlaceOf([0]));
    }

    [Fact]
    public void A_value_is_found_by_its_path()
    {
        using JsonSource source = JsonSource.Parse("f.json", "[\n  { \"x\": [1, 2], \"maps\": { \"a\": 1 } },\n  { \"maps\": { \"vpcs\": [ 1, [2, 3],\n    \"é\", { \"k\" : 5 } ] } } ]"u8.ToArray(), 8);
        Assert.Equal("f.json:4:18", source.PlaceOf([1, "maps", "vpcs", 3, "k"]).ToString());
        Assert.Equal("f.json:4:12", source.PlaceOf([1, "maps", "vpcs", 3, "k"], key: true).ToString());
        Assert.Equal("f.json:3:32", source.PlaceOf([1, "maps", "vpcs", 1, 1]).ToString());
        Assert.Equal("f.json:3:13", source.PlaceOf([1, "maps", "no such", 9]).ToString());
    }

    private static string Refused(byte[] text) => Assert.Throws<JsonSourceException>(() => JsonSource.Parse("f.json", text, 4)).Message;
}
