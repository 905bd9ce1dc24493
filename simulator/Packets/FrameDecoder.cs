using System.Collections.Immutable;
using MizarLab.Packets.Layers;

namespace MizarLab.Packets;

/// <summary>
/// Decodes a whole frame into fields: Ethernet, 802.1Q, ARP, IPv4, ICMP, UDP, TCP, Geneve with Mizar's options in either layout, and
/// the frame carried. Takes any bytes; what it does not understand is <c>payload</c>, what lies behind a datagram's end
/// <c>trailer</c>.
/// </summary>
public static class FrameDecoder
{
    /// <summary>All fields in wire order. Layers lie end to end: every byte of the frame is in some field.</summary>
    public static ImmutableArray<DecodedField> Decode(ReadOnlySpan<byte> frame)
    {
        Layer[] layers = Dissector.Dissect(frame);
        var fields = ImmutableArray.CreateBuilder<DecodedField>();
        for (int i = 0; i < layers.Length; i++)
        {
            var context = new LayerContext(frame, layers, i);
            if (layers[i].Protocol is BytesProtocol)
            {
                AddBytes(context, fields);
            }
            else
            {
                AddFields(context, fields);
            }
        }
        return fields.ToImmutable();
    }

    private static void AddFields(in LayerContext context, ImmutableArray<DecodedField>.Builder fields)
    {
        Layer layer = context.Layer;
        foreach (HeaderField field in layer.Protocol.Fields)
        {
            if (Protocol.Has(context.Header, field))
            {
                ulong value = field.Read(context.Header);
                (int offset, int length) = field.Bytes;
                fields.Add(new DecodedField(layer.Name, field.Name, field.Form.Format(value, field.Width), layer.Offset + offset, length)
                {
                    Note = NoteOn(context, field, value),
                });
            }
        }
        if (layer.Protocol.Options is { } form && layer.Length > layer.Protocol.FixedLength)
        {
            int start = layer.Offset + layer.Protocol.FixedLength;
            foreach (OptionItem item in form.Read(context.Header[layer.Protocol.FixedLength..].ToArray()))
            {
                fields.Add(new DecodedField(layer.Name, item.Name, item.Value, start + item.Offset, item.Length));
            }
        }
    }

    private static void AddBytes(in LayerContext context, ImmutableArray<DecodedField>.Builder fields)
    {
        if (context.Layer.Length > 0)
        {
            string value = PayloadText.Format(context.Header, textAllowed: context.Layer.Protocol == Protocols.Payload);
            fields.Add(new DecodedField(context.Layer.Name, "data", value, context.Layer.Offset, context.Layer.Length));
        }
    }

    private static string? NoteOn(in LayerContext context, HeaderField field, ulong value)
    {
        if (field.Remark is not null)
        {
            return field.Remark(context, value);
        }
        if (field.Phase < FillPhase.Length || context.IsPartial)
        {
            return null;
        }
        ulong expected = field.Expected(context);
        return expected == value ? null : $"should be {field.Form.Format(expected, field.Width)}";
    }
}
