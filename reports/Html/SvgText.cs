using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace MizarLab.Reports.Html;

/// <summary>Text in a picture. Razor keeps the tag's name for itself, so the element is made by hand. A whole name that did not fit is its tooltip.</summary>
public sealed class SvgText : ComponentBase
{
    [Parameter, EditorRequired] public required string Class { get; set; }

    [Parameter, EditorRequired] public required int X { get; set; }

    [Parameter, EditorRequired] public required int Y { get; set; }

    [Parameter, EditorRequired] public required string Value { get; set; }

    /// <summary>The most characters there is room for.</summary>
    [Parameter] public int Room { get; set; } = int.MaxValue;

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        if (Value.Length == 0)
        {
            return;
        }
        bool fits = Value.Length <= Room;
        builder.OpenElement(0, "text");
        builder.AddAttribute(1, "class", Class);
        builder.AddAttribute(2, "x", X);
        builder.AddAttribute(3, "y", Y);
        builder.AddContent(4, fits ? Value : Value[..(Room - 1)] + "…");
        if (!fits)
        {
            builder.OpenElement(5, "title");
            builder.AddContent(6, Value);
            builder.CloseElement();
        }
        builder.CloseElement();
    }
}
