namespace MizarLab.Tests;

/// <summary>Where this checkout is, found by walking up from the test assembly.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MizarLab.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException("the tests run inside a checkout: no MizarLab.sln above " + AppContext.BaseDirectory);
    }
}
