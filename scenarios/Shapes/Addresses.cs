using System.Text.Json.Nodes;
using MizarLab.Packets;
using MizarLab.Scenarios.Reading;
using MizarLab.Scenarios.Yaml;

namespace MizarLab.Scenarios.Shapes;

/// <summary>An IPv4 address one machine can have.</summary>
internal sealed class AddressShape : ScalarShape<Ipv4Address>
{
    public static readonly AddressShape Instance = new();

    public override string Words => "an IPv4 address like 10.0.0.2";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Refer("address", () => new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]{1,3}(\\.[0-9]{1,3}){3}$" });

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out Ipv4Address value) =>
        Ipv4Address.TryParse(scalar.Text, out value) || Refuse(scalar, context);
}

/// <summary>A CIDR block without host bits.</summary>
internal sealed class PrefixShape : ScalarShape<Ipv4Prefix>
{
    public static readonly PrefixShape Instance = new();

    public override string Words => "a CIDR block like 10.0.0.0/24";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Refer("cidr", () => new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}$" });

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out Ipv4Prefix value)
    {
        if (!Ipv4Prefix.TryParse(scalar.Text, out value))
        {
            return Refuse(scalar, context);
        }
        // Host bits in a block are nearly always a slip in one of its two halves; the masked block would hide it.
        return value.ToString() == scalar.Text || Refuse(scalar, context, $"did you mean '{value}'?");
    }
}

/// <summary>A MAC address.</summary>
internal sealed class MacShape : ScalarShape<MacAddress>
{
    public static readonly MacShape Instance = new();

    public override string Words => "a MAC address like 02:42:ac:11:00:02";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Refer("mac", () => new JsonObject { ["type"] = "string", ["pattern"] = "^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$" });

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out MacAddress value) =>
        MacAddress.TryParse(scalar.Text, out value) || Refuse(scalar, context);
}

/// <summary>Bytes as hexadecimal digits, with blanks and colons where the author likes.</summary>
internal sealed class HexShape(int least, int most) : ScalarShape<byte[]>
{
    public override string Words => "bytes in hexadecimal";

    public override JsonObject Schema(SchemaDefinitions definitions) =>
        definitions.Refer("hex", () => new JsonObject { ["type"] = "string", ["pattern"] = "^([0-9A-Fa-f]{2}[\\s:]*)+$" });

    protected override bool TryRead(YamlScalar scalar, ReadContext context, out byte[] value)
    {
        value = [];
        string digits = string.Concat(scalar.Text.Where(c => !char.IsWhiteSpace(c) && c != ':'));
        if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
        {
            return Refuse(scalar, context, digits.Length % 2 != 0 ? "two digits a byte" : null);
        }
        if (digits.Length / 2 < least || digits.Length / 2 > most)
        {
            context.Diagnostics.Report(scalar.Where, $"{digits.Length / 2} bytes", $"{least} to {most}");
            return false;
        }
        value = Convert.FromHexString(digits);
        return true;
    }
}
