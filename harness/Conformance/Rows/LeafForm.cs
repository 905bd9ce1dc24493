using System.Globalization;
using System.Text.Json;
using MizarLab.DataPlane;
using MizarLab.Engine;
using MizarLab.Packets;

namespace MizarLab.Harness.Conformance.Rows;

/// <summary>The kinds of leaves and how each is written: addresses as text, enums by their words, all else as numbers.</summary>
internal static class LeafForm
{
    public static bool IsLeaf(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(Vni) || type == typeof(Ipv4Address) || type == typeof(MacAddress)
        || type == typeof(Ipv4Prefix) || type == typeof(AddressList) || type == typeof(SimTime);

    public static void Write(Utf8JsonWriter json, object value)
    {
        switch (value)
        {
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case Vni vni:
                json.WriteNumberValue(vni.Value);
                break;
            case SimTime time:
                json.WriteNumberValue(time.Picoseconds);
                break;
            case AddressList list:
                json.WriteStartArray();
                foreach (Ipv4Address address in list.ToImmutableArray())
                {
                    json.WriteStringValue(address.ToString());
                }
                json.WriteEndArray();
                break;
            case Enum word when Enum.IsDefined(word.GetType(), word):
                json.WriteStringValue(JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString()));
                break;
            case Enum number:
                json.WriteNumberValue(Convert.ToUInt64(number, CultureInfo.InvariantCulture));
                break;
            case ulong number:
                json.WriteNumberValue(number);
                break;
            case IConvertible number when value.GetType().IsPrimitive:
                json.WriteNumberValue(number.ToInt64(CultureInfo.InvariantCulture));
                break;
            default:
                json.WriteStringValue(value.ToString());
                break;
        }
    }

    /// <exception cref="VectorException">The element is no such value.</exception>
    public static object Read(Element element, Type type)
    {
        if (type.IsEnum)
        {
            return ReadEnum(element, type);
        }
        return type switch
        {
            _ when type == typeof(bool) => element.Flag(),
            _ when type == typeof(Vni) => new Vni(element.Unsigned()),
            _ when type == typeof(Ipv4Address) => element.Address(),
            _ when type == typeof(MacAddress) => element.Mac(),
            _ when type == typeof(Ipv4Prefix) => ReadPrefix(element),
            _ when type == typeof(AddressList) => StateParser.List(element),
            _ when type == typeof(SimTime) => new SimTime((long)element.Unsigned(long.MaxValue)),
            _ when type == typeof(ulong) => element.Unsigned(),
            _ when type == typeof(uint) => (uint)element.Unsigned(uint.MaxValue),
            _ when type == typeof(ushort) => (ushort)element.Unsigned(ushort.MaxValue),
            _ when type == typeof(byte) => (byte)element.Unsigned(byte.MaxValue),
            _ when type == typeof(int) => element.Integer(int.MinValue, int.MaxValue),
            _ => throw new NotSupportedException($"no form for a field of type {type.Name}"),
        };
    }

    private static Ipv4Prefix ReadPrefix(Element element) =>
        Ipv4Prefix.TryParse(element.Text(), out Ipv4Prefix prefix) ? prefix : throw element.Error($"'{element.Text()}' is not a prefix");

    private static object ReadEnum(Element element, Type type)
    {
        if (element.Kind == JsonValueKind.Number)
        {
            ulong most = Type.GetTypeCode(Enum.GetUnderlyingType(type)) switch { TypeCode.Byte => byte.MaxValue, TypeCode.UInt32 => uint.MaxValue, _ => ulong.MaxValue };
            return Enum.ToObject(type, element.Unsigned(most));
        }
        string text = element.Text();
        foreach (object value in Enum.GetValues(type))
        {
            if (JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString()!) == text)
            {
                return value;
            }
        }
        throw element.Error($"'{text}' is none of {string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))}");
    }
}
