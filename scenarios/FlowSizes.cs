using MizarLab.Workload.Sampling;

namespace MizarLab.Scenarios;

/// <summary>
/// Named distributions of flow sizes, a JSON file each in <c>flow-sizes/</c> (form: <see cref="CdfFile"/>). Adding one is adding its file.
/// </summary>
public static class FlowSizes
{
    /// <param name="path">Of a file in this form, ours or somebody's own.</param>
    /// <exception cref="CdfFormatException">It cannot be read, or is no distribution; the message begins with the path.</exception>
    public static CdfFile Load(string path)
    {
        try
        {
            return CdfFile.Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is CdfFormatException or IOException or UnauthorizedAccessException)
        {
            throw new CdfFormatException($"{path}: {e.Message}");
        }
    }
}
