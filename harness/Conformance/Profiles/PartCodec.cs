using MizarLab.DataPlane;
using MizarLab.Harness.Backends;
using MizarLab.Harness.Bpf;

namespace MizarLab.Harness.Conformance.Profiles;

/// <summary>Turns rows into the bytes of one map and back, as the profile describes it.</summary>
internal sealed class PartCodec(TablePart part, Func<PortId, int> interfaceOf, Func<int, PortId?> portOf)
{
    public TablePart Part => part;

    /// <summary>Whether a row is of this part of the table.</summary>
    public bool Holds(Row row) => part.When is not { } when || row.Number(when.Key) == when.Value;

    /// <exception cref="HarnessException">A field does not fit its place.</exception>
    public byte[] Key(Row row) => Write(part.Key, row);

    /// <inheritdoc cref="Key"/>
    public byte[] Value(Row row) => Write(part.Value, row);

    /// <summary>Adds the fields of a row of the map.</summary>
    public void Read(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, Row row)
    {
        // The key last: a field that stands in both is what the key says.
        Read(part.Value, value, row);
        Read(part.Key, key, row);
        if (part.When is { } when)
        {
            row.Set(when.Key, when.Value);
        }
    }

    /// <summary>Whether the map's own sizes are those described.</summary>
    /// <exception cref="HarnessException">They are not.</exception>
    public void Check(ForeignMap map)
    {
        if (map.KeyBytes != part.Key.Bytes || map.ValueBytes != part.Value.Bytes)
        {
            throw new HarnessException(
                $"map {map.Name} has keys of {map.KeyBytes} and values of {map.ValueBytes} bytes; the profile says {part.Key.Bytes} and {part.Value.Bytes}");
        }
    }

    private byte[] Write(RecordLayout layout, Row row)
    {
        byte[] bytes = new byte[layout.Bytes];
        foreach (FieldPlace place in layout.Places)
        {
            FieldValue value = place.Name.Length == 0 ? new FieldValue(place.Constant, default) : row[place.Name];
            if (place.Kind == FieldKind.Interface)
            {
                value = new FieldValue((ulong)interfaceOf(new PortId((int)value.Number)), default);
            }
            try
            {
                place.Write(in value, bytes);
            }
            catch (ArgumentException unfit)
            {
                throw new HarnessException($"table {part.Table}: {unfit.Message}", unfit);
            }
        }
        return bytes;
    }

    private void Read(RecordLayout layout, ReadOnlySpan<byte> bytes, Row row)
    {
        foreach (FieldPlace place in layout.Places)
        {
            if (place.Name.Length == 0)
            {
                continue;
            }
            FieldValue value = place.Read(bytes);
            if (place.Kind == FieldKind.Interface)
            {
                PortId port = portOf((int)value.Number) ?? throw new HarnessException($"map {part.Map} names interface {value.Number}, which is none of the lab's");
                value = new FieldValue((ulong)port.Value, default);
            }
            row[place.Name] = value;
        }
    }
}
